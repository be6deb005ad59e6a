import { KeyKnown, nameBasedUuid, whenKnown, type IdempotentAttempt, type KeyRow, type Position } from '#millwright/event-sourcing';
import type { Progress } from './idempotency-table.js';

/** The table as one process sees it. */
export type KeyHolder = Readonly<{
  owner: string;
  leaseSeconds: number;
  /** Stores a row "in progress"; false when another request holds its key. */
  claim(row: KeyRow): Promise<boolean>;
}>;

/**
 * One try of a request with an Idempotency-Key. What it needs to be repeated exactly (base of the event ids, allocated ids, streams, revisions)
 * is stored with its first append to each stream, or before it.
 */
export class IdempotentRequest implements IdempotentAttempt {
  readonly earlierTry?: Readonly<{ streams: Readonly<Record<string, number>> }>;
  private readonly streams: Map<string, number>;
  private readonly allocated: Map<string, number[]>;
  private readonly handedOut = new Map<string, number>();
  private mayBeStored: boolean;
  private wasFound = false;
  private mayHaveAppended = false;
  private isKept = false;
  private lastPosition: Position | undefined;

  constructor(
    private readonly key: Pick<KeyRow, 'scope' | 'fingerprint' | 'eventIdBase'>,
    private readonly holder: KeyHolder,
    earlier?: Progress,
  ) {
    this.mayBeStored = earlier !== undefined;
    this.streams = new Map(Object.entries(earlier?.streams ?? {}));
    this.allocated = new Map(Object.entries(earlier?.allocated ?? {}).map(([sequence, ids]) => [sequence, [...ids]]));
    if (this.streams.size > 0) this.earlierTry = { streams: Object.fromEntries(this.streams) };
  }

  get scope(): string {
    return this.key.scope;
  }

  /** Whether the row may exist, that is whether this or an earlier try may have appended. */
  get stored(): boolean {
    return this.mayBeStored;
  }

  /** Whether its row was stored for certain: with events of its own, or ahead of everything. */
  get holdsKey(): boolean {
    return this.isKept || this.lastPosition !== undefined;
  }

  /** Whether its own events are all that an answer of that position tells, so that it can be made of them again as it was. */
  isToldByItsEvents(position: string | undefined): boolean {
    return this.lastPosition !== undefined && position === this.lastPosition.toString();
  }

  /** Whether an earlier try had done all of it, and only its answer was lost with its process. */
  get wasDone(): boolean {
    return this.wasFound && !this.mayHaveAppended;
  }

  get progress(): Progress {
    return { ...this.key, streams: Object.fromEntries(this.streams), allocated: Object.fromEntries(this.allocated) };
  }

  eventId(ordinal: number): string {
    return nameBasedUuid(String(ordinal), this.key.eventIdBase);
  }

  allocate(sequence: string, next: () => number | Promise<number>): number | Promise<number> {
    const ids = this.allocated.get(sequence) ?? [];
    this.allocated.set(sequence, ids);
    const index = this.handedOut.get(sequence) ?? 0;
    this.handedOut.set(sequence, index + 1);
    const earlier = ids[index];
    if (earlier !== undefined) return earlier;
    return whenKnown(next(), (id) => (ids[index] = id));
  }

  recognised(): void {
    this.wasFound = true;
  }

  committed(position: Position): void {
    if (this.lastPosition === undefined || position > this.lastPosition) this.lastPosition = position;
  }

  rowFor(stream: string, revision: number): KeyRow {
    this.mayHaveAppended = true;
    // An append of an earlier try may have landed anywhere from the first revision on, so the lowest one stays.
    this.streams.set(stream, Math.min(revision, this.streams.get(stream) ?? revision));
    return this.row();
  }

  async keep(row: KeyRow): Promise<void> {
    if (!(await this.holder.claim(row))) throw new KeyKnown([this.scope]);
    this.isKept = true;
  }

  begin(): Promise<void> {
    return this.keep(this.row());
  }

  private row(): KeyRow {
    this.mayBeStored = true;
    const { owner, leaseSeconds } = this.holder;
    return { ...this.progress, owner, leaseSeconds };
  }
}
