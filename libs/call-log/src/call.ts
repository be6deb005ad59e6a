import type { CallerIds } from './callers.js';
import type { BegunCall } from '#millwright/event-sourcing';
import {
  answeredText,
  askedText,
  foundText,
  lineKinds,
  lineOf,
  type Answered,
  type Asked,
  type Found,
  type LineKind,
} from './domain/call-line.js';

/** How a call reaches the tables. */
export type Keeper = Readonly<{
  /** Stores lines ahead of what they are for; `once`: those that are not stored yet. */
  keepNow(line: string, once: boolean): Promise<void>;
  /** Stores a line with others, a little later. */
  keepLater(line: WaitingLine): void;
}>;

/**
 * A line that waits to be stored; `once`: unless it is stored. All of it is text: whatever else it held on to would live for as long as it waits, and
 * a request, with all that hangs on it, is dear to keep and to collect.
 */
export type WaitingLine = Readonly<{ kind: LineKind; asked?: string; answered?: string; once?: boolean }> & {
  /** A call that had no number is given one when it is stored first, and keeps it. */
  id: number | undefined;
};

/** One call, from when it may do something until it is answered. */
export class Call implements BegunCall {
  private state: 'open' | 'given' | 'stored' = 'open';
  private told: string | undefined;
  private keeping: Promise<void> | undefined;

  constructor(
    /** Left out where nothing of it is stored before it is answered. */
    private readonly id: number | undefined,
    /** Null where it is nobody's until it is answered. */
    readonly callers: CallerIds | null,
    private readonly asked: () => Asked,
    private readonly keeper: Keeper,
  ) {}

  /** Written once: what is stored a second time is the same line. */
  get line(): string {
    if (this.id === undefined) throw new Error('a call that only reads has begun to write');
    return lineOf(lineKinds.begun, this.id, this.text);
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

  /** Has what became of it stored: beside its line where that is stored, with what was found out since, else with it. */
  answered(answer: Answered, found?: Found): void {
    const { id, state } = this;
    const became = answeredText(answer);
    if (state !== 'open' && id !== undefined) {
      if (state === 'given') this.keeper.keepLater({ kind: lineKinds.begun, id, asked: this.text, once: true });
      this.keeper.keepLater({ kind: lineKinds.answered, id, asked: found && foundText(found), answered: became });
      return;
    }
    // Nothing of it is stored: what was found out since may stand in it.
    this.keeper.keepLater({ kind: lineKinds.whole, id, asked: found ? askedText(this.asked()) : this.text, answered: became });
  }

  private get text(): string {
    return (this.told ??= askedText(this.asked()));
  }
}
