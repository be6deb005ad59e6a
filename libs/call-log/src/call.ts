import type { BegunCall } from '#millwright/event-sourcing';
import type { CallerIds } from './callers.js';
import {
  answeredText,
  askedText,
  foundText,
  lineKinds,
  lineOf,
  restOfLine,
  type Answered,
  type Asked,
  type Found,
} from './domain/call-line.js';

/** How a call that may write reaches the tables. `once`: a line that may be stored already. */
export type Keeper = Readonly<{
  /** Stores a line ahead of what it is for. */
  keepNow(line: string, once: boolean): Promise<void>;
  /** Stores a line with others, a little later. */
  keepLater(line: string, once: boolean): void;
}>;

/** One call that may write, from when it may do something until it is answered. */
export class Call implements BegunCall {
  private state: 'open' | 'given' | 'stored' = 'open';
  private told: string | undefined;
  private keeping: Promise<void> | undefined;

  constructor(
    private readonly id: number,
    /** Null where it is nobody's until it is answered. */
    readonly callers: CallerIds | null,
    private readonly asked: () => Asked,
    private readonly keeper: Keeper,
  ) {}

  /** Written once: what is stored a second time is the same line. */
  get line(): string {
    return lineOf(lineKinds.begun, this.id, restOfLine(this.text));
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
    const became = answeredText(answer);
    if (this.state === 'open') {
      // Nothing of it is stored: what was found out since may stand in it.
      const told = found ? askedText(this.asked()) : this.text;
      this.keeper.keepLater(lineOf(lineKinds.whole, this.id, restOfLine(told, became)), false);
      return;
    }
    if (this.state === 'given') this.keeper.keepLater(this.line, true);
    this.keeper.keepLater(lineOf(lineKinds.answered, this.id, restOfLine(found && foundText(found), became)), false);
  }

  private get text(): string {
    return (this.told ??= askedText(this.asked()));
  }
}
