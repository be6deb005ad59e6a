import type { Event, RecordedEvent } from '../event.js';
import type { EngineLogger } from '../projections/engine-logger.js';

/**
 * Turns events into commands. Effects must be idempotent (a fence, or event ids made from the causing event): after a crash the last events come again.
 * There is no skipping: what fails is tried again, and holds up only its own stream.
 */
export type ProcessManager<E extends Event = Event> = Readonly<{
  /** kebab-case, unique. Its effect checkpoint is kept under this name for ever. */
  name: string;
  /** Streams whose events it handles. */
  categories: readonly string[];
  /** Where a new one begins: with the next event, or with the first of the log. */
  startsAt: 'head' | 'beginning';
  /** Called strictly in order within one stream, for different streams side by side. The effect is done when it resolves. */
  handle(event: RecordedEvent<E>): Promise<void>;
  /** What the process that works it does besides, as long as it does. */
  alongside?: Alongside;
}>;

/** Work that no event sets off, done by one process among all: that which works the process manager it belongs to. */
export type Alongside = Readonly<{
  /** Begins what is to be done now, and waits until there may be more; it is called again and again until the signal aborts. */
  turn(signal: AbortSignal, logger: EngineLogger): Promise<void>;
  /** Resolves when nothing that was begun runs any more: soon after the signal. */
  settled(): Promise<void>;
  /** What was tried several times in vain. */
  stuck(): readonly StuckWork[];
}>;

/** Something that does not go through, what it is about, and how often it was tried. */
export type StuckWork = Readonly<{ stream: string; tries: number; error: string }>;

/** Tries after which what fails is an alarm. */
export const alarmAfterTries = 3;
