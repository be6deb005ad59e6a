import { AsyncLocalStorage } from 'node:async_hooks';
import { Rejection } from './decider.js';
import type { Actor, Credential, Position } from './event.js';
import type { IdempotentAttempt } from './idempotent-attempt.js';

/** How far what was done so far has come in the log: whoever has to answer for it knows that it stands, also when the rest goes wrong. */
export class Commits {
  position: Position | undefined;

  note(position: Position): void {
    if (this.position === undefined || position > this.position) this.position = position;
  }
}

/** Whether the commands of a request may be carried out (its site is not archived). */
export interface Admission {
  /** Asked at every try right before the decision. @throws Rejection where they may not, any more */
  check(): void;
  /** Finds out anew what `check` says, where it is too old to be believed; undefined where it is not. @throws Rejection */
  renewed(): Promise<unknown> | undefined;
}

/** What has to stand in another stream before the commands of a request may be carried out (the currency of their site). */
export interface Premise {
  /** Makes it stand, for a decision that would append something; undefined where it does. The decision is asked anew afterwards. @throws Rejection */
  unmet(): Promise<unknown> | undefined;
}

/** What surrounds a command and ends in the metadata of its events. */
export type CommandContext = Readonly<{
  actor: Actor;
  credential?: Credential;
  /** The site's time zone (an IANA name), whose date is the business day of what happens; UTC where there is no site. */
  timeZone?: string;
  /** When in the business what follows from something else happens: the date of its cause, or the instant of one from before dates were noted. */
  effectiveAt?: string;
  customerId: number;
  entityId: number | null;
  requestId: string;
  correlationId: string;
  /** The id of what caused this: the event, for a process manager; else the request. */
  causationId: string;
  /** `If-Match`: one of these revisions, or the command is refused with PRECONDITION_FAILED at the first mismatch. `'exists'` is `*`. */
  expectedRevisions?: readonly number[] | 'exists';
  idempotency?: IdempotentAttempt;
  admission?: Admission;
  premise?: Premise;
  /** Told of everything that is committed in this context. */
  commits?: Commits;
  /** Until when conflicts are retried, in milliseconds since 1970. */
  deadline: number;
}>;

const storage = new AsyncLocalStorage<CommandContext>();

export const runInContext = <T>(context: CommandContext, work: () => T): T => storage.run(context, work);

/** For what many share and one happens to begin (a cache that is renewed): it belongs to nobody's request, and ends with none. */
export const runForEverybody = <T>(work: () => T): T => storage.exit(work);

/** The surrounding command's context, where there is one. */
export const surroundingContext = (): CommandContext | undefined => storage.getStore();

/** The surrounding command's context; asserts that there is one. */
export function currentContext(): CommandContext {
  const context = storage.getStore();
  if (!context) throw new Error('a command was executed outside a command context');
  return context;
}

export const isExpected = (expected: CommandContext['expectedRevisions'], revision: number): boolean =>
  expected === undefined || (expected === 'exists' ? revision >= 0 : expected.includes(revision));

export const changedSince = (): Rejection => new Rejection('PRECONDITION_FAILED', 'The record has changed since it was read.');

/** For what does something else before it decides about the stream. @throws Rejection PRECONDITION_FAILED the command expects another revision of it */
export function requireExpected(revision: number): void {
  if (!isExpected(currentContext().expectedRevisions, revision)) throw changedSince();
}
