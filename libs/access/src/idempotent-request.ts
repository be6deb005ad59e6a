import { nameBasedUuid, type IdempotentAttempt } from '#millwright/event-sourcing';
import type { Progress } from './idempotency-table.js';

/**
 * One try of a request with an Idempotency-Key. What it needs to be repeated exactly (base of the event ids, allocated ids, stream, revision)
 * is stored by `store` before anything is appended.
 */
export class IdempotentRequest implements IdempotentAttempt {
  readonly earlierTry?: Readonly<{ stream: string; revision: number }>;
  private readonly allocated = new Map<string, number[]>();
  private readonly handedOut = new Map<string, number>();
  private stream: string | null = null;
  private revision: number | null = null;
  private isStored: boolean;
  private wasFound = false;
  private hasAppended = false;

  constructor(
    private readonly key: Readonly<{ scope: string; fingerprint: Buffer; eventIdBase: string }>,
    private readonly store: (progress: Progress) => Promise<void>,
    earlier?: Progress,
  ) {
    this.isStored = earlier !== undefined;
    if (!earlier) return;
    for (const [sequence, ids] of Object.entries(earlier.allocated)) this.allocated.set(sequence, [...ids]);
    if (earlier.stream === null || earlier.revision === null) return;
    this.stream = earlier.stream;
    this.revision = earlier.revision;
    this.earlierTry = { stream: earlier.stream, revision: earlier.revision };
  }

  /** Whether the row exists, that is whether this or an earlier try may have appended. */
  get stored(): boolean {
    return this.isStored;
  }

  /** Whether an earlier try had done all of it, and only its answer was lost with its process. */
  get wasDone(): boolean {
    return this.wasFound && !this.hasAppended;
  }

  get progress(): Progress {
    return { ...this.key, stream: this.stream, revision: this.revision, allocated: Object.fromEntries(this.allocated) };
  }

  eventId(ordinal: number): string {
    return nameBasedUuid(String(ordinal), this.key.eventIdBase);
  }

  async allocate(sequence: string, next: () => Promise<number>): Promise<number> {
    const ids = this.allocated.get(sequence) ?? [];
    this.allocated.set(sequence, ids);
    const index = this.handedOut.get(sequence) ?? 0;
    this.handedOut.set(sequence, index + 1);
    const earlier = ids[index];
    if (earlier !== undefined) return earlier;
    const id = await next();
    ids[index] = id;
    return id;
  }

  recognised(): void {
    this.wasFound = true;
  }

  async beforeFirstAppend(stream: string, revision: number): Promise<void> {
    this.hasAppended = true;
    // An append of an earlier try may have landed anywhere from the first revision on, so the lowest one stays.
    this.revision = this.stream === stream && this.revision !== null ? Math.min(this.revision, revision) : revision;
    this.stream = stream;
    await this.store(this.progress);
    this.isStored = true;
  }

  /** For a request that appends through others (a batch): stores the row before the first of them. */
  async begin(): Promise<void> {
    await this.store(this.progress);
    this.isStored = true;
  }
}
