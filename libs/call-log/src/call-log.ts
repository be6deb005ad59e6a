import type { Pool } from 'pg';
import { runForEverybody, sharedStatements, type BegunCalls } from '#millwright/event-sourcing';
import { Call, type Keeper, type WaitingLine } from './call.js';
import type { CallerIds } from './callers.js';
import { lineOf, type Asked } from './domain/call-line.js';

/** How long lines are gathered before they are stored, in milliseconds; they are to be there within a second (contract, part 4, S25). */
const restMs = 200;
/** How long after a failure it is tried again. */
const againMs = 500;
const limits = { linesAtOnce: 400, waiting: 100_000 };
/** Numbers of calls are taken so many at a time: the increment of `app.api_call_id`. */
const idsAtOnce = 1_000;
const fewIds = 200;

const lineSeparator = '\u001e';

export type CallLogOptions = Readonly<{
  /** The event log shares this database: what is stored here later than that is on the disk with its next append. */
  relaxed: boolean;
  /** Told how many lines were given up. */
  onLost: (lines: number) => void;
  onFault: (fault: unknown) => void;
}>;

/**
 * The log of calls as one process writes it: a line with or before the first thing that a call does, and one when it was answered; all others when they are
 * answered, many together. Injected by class.
 */
export class CallLog implements BegunCalls {
  /** Calls that may write, by the ids of their requests; the operations of a batch have that of the batch. */
  private readonly underWay = new Map<string, Call[]>();
  private waiting: WaitingLine[] = [];
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> = Promise.resolve();
  private failed = false;
  private ids: number[] = [];
  private refill: Promise<void> | undefined;
  private readonly ahead: Readonly<Record<'first' | 'once', Pick<ReturnType<typeof sharedStatements<string, true>>, 'load'>>>;
  private readonly keeper: Keeper = {
    keepNow: async (line, once) => void (await this.ahead[once ? 'once' : 'first'].load(line)),
    keepLater: (line) => this.add(line),
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

  /** A call that only reads, or is refused before it could write. */
  reading(callers: CallerIds | null, asked: () => Asked): Call {
    return new Call(undefined, callers, asked, this.keeper);
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
    // Whoever needs one that is not there asks again, and is told.
    if (this.ids.length < fewIds) void this.takeIds().catch(() => undefined);
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

  /** Resolves when what was answered until now can be read, or cannot be stored at this moment. */
  async settled(): Promise<void> {
    if (this.waiting.length > 0) await this.flush();
    else await this.storing;
  }

  /** Nest calls this when the last request of the application was answered. */
  async onApplicationShutdown(): Promise<void> {
    for (let tries = 0; this.waiting.length > 0 && tries < 3; tries += 1) await this.flush();
    clearTimeout(this.timer);
    this.lose(this.waiting.splice(0).length);
  }

  private add(line: WaitingLine): void {
    if (this.waiting.length >= limits.waiting) this.lose(this.waiting.splice(0, limits.linesAtOnce).length);
    this.waiting.push(line);
    this.timer ??= setTimeout(() => void this.flush(), this.failed ? againMs : restMs);
  }

  private lose(lines: number): void {
    if (lines > 0) this.options.onLost(lines);
  }

  private flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.storing = this.storing.then(() => runForEverybody(() => this.storeAll())));
  }

  private async storeAll(): Promise<void> {
    const end = this.waiting.length;
    for (let stored = 0; stored < end && this.waiting.length > 0;) {
      const lines = this.waiting.slice(0, limits.linesAtOnce);
      try {
        await this.store(lines);
        this.failed = false;
      } catch (fault) {
        if (!this.failed) this.options.onFault(fault);
        this.failed = true;
        this.timer ??= setTimeout(() => void this.flush(), againMs);
        return;
      }
      // Those that wait for longest may have been given up meanwhile.
      const kept = new Set(lines);
      this.waiting = this.waiting.filter((line) => !kept.has(line));
      stored += lines.length;
    }
  }

  private async store(lines: readonly WaitingLine[]): Promise<void> {
    for (const line of lines) line.id ??= this.ids.pop() ?? (await this.nextId());
    // After a failure nobody knows whether they were.
    const texts = (once: boolean): string =>
      lines
        .filter((line) => (this.failed || line.once === true) === once)
        .map(({ kind, id, asked, answered }) => lineOf(kind, id ?? 0, asked, answered))
        .join(lineSeparator);
    const commit = this.options.relaxed ? "set_config('synchronous_commit', 'off', true), " : '';
    const [unsure, certain] = [texts(true), texts(false)];
    if (unsure !== '')
      await this.database.query({ name: 'keep-api-calls-once', text: `SELECT ${commit}app.keep_api_calls_once($1)`, values: [unsure] });
    if (certain !== '')
      await this.database.query({ name: 'keep-api-calls', text: `SELECT ${commit}app.keep_api_calls($1)`, values: [certain] });
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
