import { setTimeout as delay } from 'node:timers/promises';
import {
  LogAccessDenied,
  LogUnavailable,
  openEventStoreDbLog,
  PostgresLog,
  withUpcasting,
  type EventLog,
} from '#millwright/event-sourcing';
import type { Logger } from 'pino';
import { CannotStart } from '../start/cannot-start.js';
import type { Configuration } from '../config.js';
import type { Databases } from '../read-database/databases.js';
import { upcasters } from './upcasters.js';

/** Milliseconds that a start waits for a log on another machine, which may be starting at the same time. */
const patience = 30_000;

/**
 * The log: in EventStoreDB where EVENTSTORE_URL says so, else in the database beside everything else. It answers when this returns.
 * @throws CannotStart the address cannot be used, nobody answers there within 30 s, or our credentials are refused
 */
export async function openEventLog(
  { eventStoreUrl, eventStorePrefix }: Configuration,
  { appUrl }: Databases,
  logger: Logger,
): Promise<EventLog> {
  if (eventStoreUrl === undefined) return withUpcasting(new PostgresLog({ url: appUrl }), upcasters);
  let answers = false;
  const onTrouble = (error: unknown): void => {
    // Until it answers for the first time, whoever waits for it says what is wrong.
    if (answers) logger.warn({ err: error }, 'a subscription to EventStoreDB was lost and is taken up again');
  };
  const opening = openEventStoreDbLog({ url: eventStoreUrl, prefix: eventStorePrefix, onTrouble });
  const log = await opening.catch((cause: Error) => {
    throw new CannotStart(`EVENTSTORE_URL: ${cause.message}.`, { cause });
  });
  try {
    await untilItAnswers(log, logger);
    answers = true;
    return withUpcasting(log, upcasters);
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function untilItAnswers(log: EventLog, logger: Logger): Promise<void> {
  const end = Date.now() + patience;
  let trouble = new Error('nothing is heard of it');
  for (let asked = 1; ; asked += 1) {
    try {
      await before(end, log.head());
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailable) && !(error instanceof TooLate)) throw error;
      if (error instanceof LogAccessDenied)
        throw new CannotStart('EVENTSTORE_URL: EventStoreDB does not let this user read its log. Correct the name or the password.');
      if (error instanceof LogUnavailable) trouble = error;
      if (Date.now() >= end) throw new CannotStart(unanswered(trouble), { cause: trouble });
      if (asked === 1) logger.warn(`EventStoreDB does not answer yet (${reasonOf(trouble)}); waiting for it for ${patience / 1_000} s`);
      await delay(250);
    }
  }
}

class TooLate extends Error {}

/** @throws TooLate, and what the answer throws */
async function before<T>(end: number, answer: Promise<T>): Promise<T> {
  const waited = new AbortController();
  const late = delay(Math.max(0, end - Date.now()), undefined, { signal: waited.signal }).then(() => Promise.reject(new TooLate()));
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => undefined);
    waited.abort();
  }
}

const reasonOf = ({ message, cause }: Error): string =>
  (cause instanceof Error ? cause.message : message).replace(/\s*Resolution note:\s*$/, '').replace(/\.$/, '');

const unanswered = (trouble: Error): string =>
  `EVENTSTORE_URL: no EventStoreDB answers there within ${patience / 1_000} s (${reasonOf(trouble)}). Start it, or correct the address. Nothing was changed.`;
