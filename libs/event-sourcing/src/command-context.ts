import { AsyncLocalStorage } from 'node:async_hooks';
import type { Actor, Credential, Position } from './event.js';

/**
 * A request with an Idempotency-Key on its way through the handlers (storage-format.md, "Retrying an unknown outcome").
 * The edge implements it on its key table; the engine asks it.
 */
export interface IdempotentAttempt {
  /** The id of the n-th event this request appends (uuidv5 of the key's scope and n), the same on every try. */
  eventId(ordinal: number): string;
  /** Hands out the ids of earlier tries in the same order, and new ones from `next` after that. */
  allocate(sequence: string, next: () => Promise<number>): Promise<number>;
  /** Called once before the first append: stores the row "in progress" with ids, stream and the revision the decision starts from (-1: no stream). */
  beforeFirstAppend(stream: string, revision: number): Promise<void>;
  /** Present when an earlier try may have appended: look for the own event ids from `revision` + 1 on, before deciding anything. */
  readonly earlierTry?: Readonly<{ stream: string; revision: number }>;
  /** Called when events of an earlier try were found and are answered from: the client is given its first answer again. */
  recognised?(): void;
}

/** How far what was done so far has come in the log: whoever has to answer for it knows that it stands, also when the rest goes wrong. */
export class Commits {
  position: Position | undefined;

  note(position: Position): void {
    if (this.position === undefined || position > this.position) this.position = position;
  }
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
  /** Asked at every try right before the decision: throws a Rejection where no command of this request may be carried out any more (an archived site). */
  admit?: () => void;
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
