import type { RecordedEvent } from '../event.js';

/** A stream that a projection cannot fold any further, in the words of its table. Positions are text: they may pass what a JavaScript number holds. */
export type ParkedStream = Readonly<{
  projection: string;
  stream: string;
  /** Where the event stands that could not be folded. */
  position: string;
  event_id: string;
  event_type: string;
  error: string;
  /** How many events of the stream wait, the first included. */
  events: number;
  last_position: string;
}>;

/** Which streams one build has parked: those that are stored, and those of the batch at hand. */
export class ParkedStreams {
  private readonly stored = new Set<string>();
  private readonly pending = new Map<string, ParkedStream>();

  constructor(private readonly projection: string) {}

  get size(): number {
    return this.stored.size;
  }

  has(stream: string): boolean {
    return this.stored.has(stream) || this.pending.has(stream);
  }

  reset(streams: Iterable<string>): void {
    this.stored.clear();
    this.pending.clear();
    for (const stream of streams) this.stored.add(stream);
  }

  park(event: RecordedEvent, error: unknown): void {
    this.note(event, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  }

  /** Counts an event of a parked stream, which is not folded. */
  passOver(event: RecordedEvent): void {
    this.note(event, '');
  }

  /** What the batch at hand parks or counts on. */
  unstored(): ParkedStream[] {
    return [...this.pending.values()];
  }

  /** The batch was written: answers the streams that are parked since. */
  settle(): ParkedStream[] {
    const added = this.unstored().filter(({ stream }) => !this.stored.has(stream));
    for (const { stream } of added) this.stored.add(stream);
    this.pending.clear();
    return added;
  }

  /** The batch was not written. */
  forget(): void {
    this.pending.clear();
  }

  private note(event: RecordedEvent, error: string): void {
    const position = String(event.position);
    const known = this.pending.get(event.stream);
    this.pending.set(
      event.stream,
      known
        ? { ...known, events: known.events + 1, last_position: position }
        : {
            projection: this.projection,
            stream: event.stream,
            position,
            event_id: event.id,
            event_type: event.type,
            // Neither NUL nor half a character can be stored as text, and an error may quote anything.
            error: error
              .replaceAll('\0', '')
              .slice(0, 2000)
              .replaceAll(/\p{Surrogate}/gu, ''),
            events: 1,
            last_position: position,
          },
    );
  }
}
