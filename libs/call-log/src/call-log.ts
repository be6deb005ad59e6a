import type { Pool } from 'pg';
import { Rejection, runForEverybody, sharedStatements, type BegunCalls } from '#millwright/event-sourcing';
import { Call, type Keeper } from './call.js';
import type { CallerIds } from './callers.js';
import { answeredText, askedText, lineKinds, lineOf, lineSeparator, restOfLine, type Answered, type Asked } from './domain/call-line.js';
import { GatheredLines, type GatheredText } from './gathered-lines.js';

/** How long lines are gathered before they are stored, and stored before they are chained, in milliseconds: they are to be there within a second (contract, part 4, S25). */
const rest = { store: 200, chain: 600 };
/** How long after a failure it is tried again. */
const againMs = 500;
const mostWaiting = 100_000;
/** How many texts app.chain_api_calls takes apart at once. */
const textsAtOnce = 200;
/** Numbers of calls are taken so many at a time: the increment of `app.api_call_id`. */
const idsAtOnce = 1_000;
const fewIds = 200;

export type CallLogOptions = Readonly<{
  /** The event log shares this database: what is stored here later than that is on the disk with its next append. */
  relaxed: boolean;
  /** Told how many lines were given up. */
  onLost: (lines: number) => void;
  onFault: (fault: unknown) => void;
}>;

/** `once`: of its lines nobody knows whether they are stored. */
type Unstored = { readonly text: GatheredText; once: boolean };

/**
 * The log of calls as one process writes it: a line with or before the first thing that a call does, and one when it was answered; all others when they are
 * answered, many together. All of them are chained a little later. Injected by class.
 */
export class CallLog implements BegunCalls {
  /** Calls that may write, by the ids of their requests; the operations of a batch have that of the batch. */
  private readonly underWay = new Map<string, Call[]>();
  private readonly gathered = { certain: new GatheredLines(), once: new GatheredLines() };
  /** What follows the number of a line whose call has none yet. */
  private unnumbered: string[] = [];
  private texts: Unstored[] = [];
  private waiting = 0;
  private timers: { store?: NodeJS.Timeout | undefined; chain?: NodeJS.Timeout | undefined } = {};
  private storing: Promise<void> = Promise.resolve();
  private chaining: Promise<void> = Promise.resolve();
  private readonly failing = new Set<'store' | 'chain'>();
  private ids: number[] = [];
  private refill: Promise<void> | undefined;
  private readonly ahead: Readonly<Record<'first' | 'once', Pick<ReturnType<typeof sharedStatements<string, true>>, 'load'>>>;
  private readonly keeper: Keeper = {
    keepNow: async (line, once) => void (await this.ahead[once ? 'once' : 'first'].load(line)),
    keepLater: (line, once) => {
      this.gathered[once ? 'once' : 'certain'].add(line);
      this.oneMore();
    },
  };

  constructor(
    private readonly database: Pool,
    private readonly options: CallLogOptions,
  ) {
    const shared = (name: string): Pick<ReturnType<typeof sharedStatements<string, true>>, 'load'> =>
      sharedStatements(async (lines: readonly string[]) => {
        await this.database.query({ name: `ahead-${name}`, text: `SELECT app.${name}($1)`, values: [lines.join(lineSeparator)] });
        return lines.map(() => true as const);
      });
    this.ahead = { first: shared('keep_api_calls'), once: shared('keep_api_calls_once') };
  }

  /** A call that only reads, or was refused before it could write. */
  answered(asked: Asked, answer: Answered): void {
    const told = restOfLine(askedText(asked), answeredText(answer));
    const id = this.ids.pop();
    this.refillIds();
    if (id === undefined) this.unnumbered.push(told);
    else this.gathered.certain.add(lineOf(lineKinds.whole, id, told));
    this.oneMore();
  }

  /**
   * A call that may write, whose line goes with what it appends from now on, until `over`.
   * @throws what the database says where a number for it cannot be had
   */
  writing(requestId: string, callers: CallerIds | null, asked: () => Asked): Call | Promise<Call> {
    const begin = (id: number): Call => {
      const call = new Call(id, callers, asked, this.keeper);
      const others = this.underWay.get(requestId);
      if (others) others.push(call);
      else this.underWay.set(requestId, [call]);
      return call;
    };
    const id = this.ids.pop();
    this.refillIds();
    return id === undefined ? this.nextId().then(begin) : begin(id);
  }

  /** Nothing is done in the name of a call any more. */
  over(requestId: string, call: Call): void {
    const calls = this.underWay.get(requestId)?.filter((other) => other !== call) ?? [];
    if (calls.length > 0) this.underWay.set(requestId, calls);
    else this.underWay.delete(requestId);
  }

  /** Where a request comes from that is under way. */
  callersOf(requestId: string): CallerIds | undefined {
    return this.underWay.get(requestId)?.[0]?.callers ?? undefined;
  }

  unstored(requestId: string): readonly Call[] {
    const calls = this.underWay.get(requestId);
    if (!calls) return none;
    return calls.every(({ isStored }) => !isStored) ? calls : calls.filter(({ isStored }) => !isStored);
  }

  /**
   * Resolves when what was answered until now can be read, or cannot be stored at this moment.
   * @throws Rejection UNAVAILABLE what is stored cannot be taken apart: who reads would miss calls that had their effect, and not be told
   */
  async settled(): Promise<void> {
    await (this.waiting > 0 ? this.flush() : this.storing);
    await this.chain();
    if (this.failing.has('chain')) throw new Rejection('UNAVAILABLE', 'The log of calls cannot be read as a whole now. Please try again.');
  }

  /** Nest calls this before the first request: lines of a process that died are chained with the first of this one. */
  onApplicationBootstrap(): void {
    this.timers.chain ??= setTimeout(() => void this.chain(), rest.chain);
  }

  /** Nest calls this when the last request of the application was answered. */
  async onApplicationShutdown(): Promise<void> {
    for (let tries = 0; this.waiting > 0 && tries < 3; tries += 1) await this.flush();
    await this.chain();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.lose(this.waiting);
  }

  private oneMore(): void {
    this.waiting += 1;
    this.timers.store ??= setTimeout(() => void this.flush(), this.failing.has('store') ? againMs : rest.store);
    if (this.waiting <= mostWaiting) return;
    this.gather();
    this.lose(this.texts.shift()?.text.lines ?? this.unnumbered.splice(0).length);
  }

  private lose(lines: number): void {
    this.waiting -= lines;
    if (lines > 0) this.options.onLost(lines);
  }

  private gather(): void {
    const { certain, once } = this.gathered;
    for (const text of certain.take()) this.texts.push({ text, once: false });
    for (const text of once.take()) this.texts.push({ text, once: true });
  }

  private flush(): Promise<void> {
    clearTimeout(this.timers.store);
    this.timers.store = undefined;
    return (this.storing = this.storing.then(() => this.tried('store', () => this.storeAll())));
  }

  private chain(): Promise<void> {
    clearTimeout(this.timers.chain);
    this.timers.chain = undefined;
    return (this.chaining = this.chaining.then(() => this.tried('chain', () => this.chainAll())));
  }

  /** What fails is tried again; of failures that follow each other the first is told. */
  private async tried(step: 'store' | 'chain', work: () => Promise<void>): Promise<void> {
    try {
      await runForEverybody(work);
      this.failing.delete(step);
    } catch (fault) {
      if (!this.failing.has(step)) this.options.onFault(fault);
      this.failing.add(step);
      this.timers[step] ??= setTimeout(() => void (step === 'store' ? this.flush() : this.chain()), againMs);
    }
  }

  private async storeAll(): Promise<void> {
    while (this.unnumbered.length > 0) {
      const id = await this.nextId();
      const line = this.unnumbered.shift();
      if (line !== undefined) this.gathered.certain.add(lineOf(lineKinds.whole, id, line));
    }
    this.gather();
    // What comes meanwhile has its own turn.
    for (const each of [...this.texts]) {
      try {
        await this.store(each);
      } catch (fault) {
        each.once = true;
        throw fault;
      }
      const at = this.texts.indexOf(each);
      // Those that wait for longest may have been given up meanwhile.
      if (at < 0) continue;
      this.texts.splice(at, 1);
      this.waiting -= each.text.lines;
    }
    this.timers.chain ??= setTimeout(() => void this.chain(), rest.chain);
  }

  private async store({ text, once }: Unstored): Promise<void> {
    const commit = this.options.relaxed ? "set_config('synchronous_commit', 'off', true), " : '';
    const name = once ? 'keep_api_calls_once' : 'keep_api_calls';
    await this.database.query({ name: `later-${name}`, text: `SELECT ${commit}app.${name}($1)`, values: [text.bytes] });
  }

  private async chainAll(): Promise<void> {
    const commit = this.options.relaxed ? "set_config('synchronous_commit', 'off', true), " : '';
    let taken = textsAtOnce;
    while (taken === textsAtOnce) {
      const { rows } = await this.database.query<{ taken: string }>({
        name: 'chain-api-calls',
        text: `SELECT ${commit}app.chain_api_calls() AS taken`,
      });
      taken = Number(rows[0]?.taken);
    }
  }

  /** Whoever needs a number that is not there asks again, and is told. */
  private refillIds(): void {
    if (this.ids.length < fewIds) void this.takeIds().catch(() => undefined);
  }

  private async nextId(): Promise<number> {
    for (;;) {
      const id = this.ids.pop();
      if (id !== undefined) return id;
      await this.takeIds();
    }
  }

  private takeIds(): Promise<void> {
    this.refill ??= runForEverybody(() =>
      this.database.query<{ id: string }>({ name: 'api-call-ids', text: "SELECT nextval('app.api_call_id') AS id" }),
    )
      .then(({ rows: [row] }) => {
        const first = Number(row?.id);
        // The last is taken first.
        this.ids = [...Array.from({ length: idsAtOnce }, (_, index) => first + idsAtOnce - 1 - index), ...this.ids];
      })
      .finally(() => (this.refill = undefined));
    return this.refill;
  }
}

const none: readonly Call[] = [];
