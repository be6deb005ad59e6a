import type { CallerIds } from './callers.js';
import type { BegunCall } from '#millwright/event-sourcing';
import { answeredText, askedText, lineKinds, lineOf, type Answered, type Asked } from './domain/call-line.js';

/** How a call reaches the tables. */
export type Keeper = Readonly<{
  /** Stores lines ahead of what they are for; `once`: those that are not stored yet. */
  keepNow(line: string, once: boolean): Promise<void>;
  /** Stores a line with others, a little later. */
  keepLater(line: WaitingLine): void;
}>;

/** A line that waits to be stored; `once`: unless it is stored. It is the same however often it is asked for; a call that had no number is given one. */
export type WaitingLine = Readonly<{ line: (nextId: () => number) => string; once?: boolean }>;

/** One call, from when it may do something until it is answered. */
export class Call implements BegunCall {
  private state: 'open' | 'given' | 'stored' = 'open';
  private told: string | undefined;
  private keeping: Promise<void> | undefined;

  constructor(
    /** Left out where nothing of it is stored before it is answered. */
    private readonly id: number | undefined,
    readonly callers: CallerIds,
    private readonly asked: () => Asked,
    private readonly keeper: Keeper,
  ) {}

  /** Written once: what is stored a second time is the same line. */
  get line(): string {
    if (this.id === undefined) throw new Error('a call that only reads has begun to write');
    this.told ??= askedText(this.asked());
    return lineOf(lineKinds.begun, this.id, this.told);
  }

  get mayBeStored(): boolean {
    return this.state !== 'open';
  }

  get isStored(): boolean {
    return this.state === 'stored';
  }

  give(): void {
    if (this.state === 'open') this.state = 'given';
  }

  settle(isStored: boolean): void {
    if (isStored) this.state = 'stored';
    else if (this.state === 'given') this.state = 'open';
  }

  /** Those who ask at the same time wait for the same: it is stored once. */
  async keep(): Promise<void> {
    if (!this.isStored) await (this.keeping ??= this.keepAhead().finally(() => (this.keeping = undefined)));
  }

  private async keepAhead(): Promise<void> {
    const once = this.mayBeStored;
    this.give();
    await this.keeper.keepNow(this.line, once);
    this.settle(true);
  }

  /** Has what became of it stored: beside its line where that is stored, else with it. */
  answered(answer: Answered): void {
    const { id, state } = this;
    const became = answeredText(answer);
    if (state !== 'open' && id !== undefined) {
      if (state === 'given') this.keeper.keepLater({ line: () => this.line, once: true });
      this.keeper.keepLater({ line: () => lineOf(lineKinds.answered, id, undefined, became) });
      return;
    }
    const told = this.told ?? askedText(this.asked());
    let number = id;
    this.keeper.keepLater({ line: (nextId) => lineOf(lineKinds.whole, (number ??= nextId()), told, became) });
  }
}
