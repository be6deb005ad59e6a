import type { Event, RecordedEvent } from '../event.js';

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
}>;
