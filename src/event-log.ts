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
import { CannotStart } from './cannot-start.js';
import type { Configuration } from './config.js';
import type { Databases } from './databases.js';
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
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'a subscription to EventStoreDB was lost and is taken up again');
  const opening = openEventStoreDbLog({ url: eventStoreUrl, prefix: eventStorePrefix, onTrouble });
  const log = await opening.catch((cause: Error) => {
    throw new CannotStart(`EVENTSTORE_URL: ${cause.message}.`, { cause });
  });
  try {
    await untilItAnswers(log, logger);
    return withUpcasting(log, upcasters);
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function untilItAnswers(log: EventLog, logger: Logger): Promise<void> {
  const deadline = Date.now() + patience;
  for (let asked = 1; ; asked += 1) {
    try {
      await log.head();
      return;
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
      if (error instanceof LogAccessDenied)
        throw new CannotStart('EVENTSTORE_URL: EventStoreDB does not let this user read its log. Correct the name or the password.');
      if (Date.now() > deadline) throw new CannotStart(unanswered(error), { cause: error });
      if (asked === 1) logger.warn({ err: error }, `EventStoreDB does not answer yet; waiting for it for ${patience / 1_000} s`);
      await delay(250);
    }
  }
}

function unanswered({ message, cause }: Error): string {
  const reason = (cause instanceof Error ? cause.message : message).replace(/\s*Resolution note:\s*$/, '').replace(/\.$/, '');
  return `EVENTSTORE_URL: no EventStoreDB answers there within ${patience / 1_000} s (${reason}). Start it, or correct the address. Nothing was changed.`;
}
