import { setTimeout as pause } from 'node:timers/promises';
import { callNotKept, type BegunCall, type BegunCalls } from './begun-calls.js';
import type { Clock } from './clock.js';
import { answerRound, decideRound, type Round } from './command-round.js';
import { noStream, type Committed, type CommittedStates } from './committed-states.js';
import type { Stream } from './decider.js';
import { LogUnavailable, UnknownOutcome, WrongExpectedRevision, type Appended, type AppendRequest, type EventLog } from './event-log.js';
import type { Event, Position, ProposedEvent } from './event.js';
import { KeyKnown, type KeyRow } from './idempotent-attempt.js';
import type { PendingCommand } from './pending-command.js';

export type LaneStatistics = { commands: number; appends: number; events: number; conflicts: number; unknownOutcomes: number };

const limits = { commandsAtOnce: 256, longestPauseMs: 40, pauseWhileUnavailableMs: 250 };

/**
 * All commands of one process for one stream. At most one append is under way; commands that arrive meanwhile are decided one after another on the
 * state it leaves and go into one atomic append, as many as it holds. If that loses against another process, all of them are decided again.
 */
export class CommandLane<State, E extends Event> {
  private waiting: PendingCommand<State, E>[] = [];

  constructor(
    private readonly name: string,
    private readonly definition: Stream<State, E>,
    private readonly kept: Readonly<{ log: EventLog; calls: BegunCalls | undefined }>,
    private readonly states: CommittedStates,
    private readonly clock: Clock,
    private readonly statistics: LaneStatistics,
    /** Whether commands wait for their turn for longer than they are tried. */
    private readonly queue: Readonly<{ patient: boolean }>,
  ) {}

  add(command: PendingCommand<State, E>): void {
    this.waiting.push(command);
  }

  /** Works until nothing waits, and says so in the same breath, so that no command is added to a lane that has stopped. */
  async run(onIdle: () => void): Promise<void> {
    try {
      do {
        // Callers that were just answered add their next commands first, so that these travel together.
        await nextTurn();
        const commands = this.waiting.splice(0, limits.commandsAtOnce);
        this.statistics.commands += commands.length;
        await this.settle(commands);
      } while (this.waiting.length > 0);
    } finally {
      onIdle();
    }
  }

  private async settle(commands: readonly PendingCommand<State, E>[]): Promise<void> {
    const repeated = commands.some((command) => command.earlierFrom(this.name) !== undefined);
    let open: readonly PendingCommand<State, E>[] = repeated ? await this.withoutEarlierAnswers(commands) : commands;
    while (open.length > 0) open = await this.settleFirst(open);
  }

  /** Settles as many of the commands, from the first on, as go into one append. @returns the others */
  private async settleFirst(commands: readonly PendingCommand<State, E>[]): Promise<readonly PendingCommand<State, E>[]> {
    let open = commands;
    let committed = this.states.recent(this.definition, this.name);
    // An id that was only just drawn has no stream: the append itself finds out where it has one after all.
    if (!committed && commands.every(({ expectsNoStream }) => expectsNoStream)) committed = noStream(this.definition);
    // A hot state may be behind another process: an append at its revision proves it, everything else has to look first.
    let proven = false;
    for (let tries = 1; open.length > 0; tries += 1) {
      open = this.withoutExpired(open);
      try {
        if (!committed || (!proven && tries > 1)) {
          committed = await this.freshFor(open, committed);
          open = open.filter((command) => !command.refused && !command.answerIfFound());
          proven = true;
        }
        // No other command has to wait for what is asked of the site of one.
        const renewed = open.flatMap((command) => command.admitted()?.catch((error: unknown) => command.refuse(error)) ?? []);
        if (renewed.length > 0) await Promise.all(renewed);
        const round = decideRound(open, committed, { name: this.name, now: this.clock.now(), definition: this.definition });
        if (round.events.length === 0) {
          const known = committed.state;
          if (!proven && !open.every((command) => command.isDone(known))) continue;
          answerRound(round, committed.position, undefined);
          return [];
        }
        // Only now, so that what is refused leaves nothing anywhere.
        const founded = round.steps.flatMap(({ command, events }) => (events.length === 0 ? [] : (command.founded() ?? [])));
        if (founded.length > 0) {
          await Promise.all(founded);
          continue;
        }
        const keyed = keyedIn(round, this.name, committed.revision);
        if (!this.log.keepsKeys) await Promise.all([this.keepKeys(keyed), this.keepCalls(round)]);
        // Whoever was told meanwhile that his time is over must not be carried out after all.
        if (open.some((command) => command.refused)) {
          open = open.filter((command) => !command.refused);
          continue;
        }
        if (await this.append(round, committed, this.log.keepsKeys ? keyed : [])) {
          const others = open.slice(round.steps.length);
          if (this.queue.patient) for (const command of [...others, ...this.waiting]) command.keepWaiting();
          return others;
        }
        proven = false;
      } catch (error) {
        if (error instanceof WrongExpectedRevision) this.statistics.conflicts += 1;
        else if (error instanceof KeyKnown && open.some((command) => isKnown(command, error))) {
          for (const command of open) if (isKnown(command, error)) command.refuse(error);
          open = open.filter((command) => !command.refused);
          continue;
        } else if (error instanceof UnknownOutcome) this.statistics.unknownOutcomes += 1;
        else if (!(error instanceof LogUnavailable)) {
          await this.settleEachAlone(open, error);
          return [];
        }
        proven = false;
        const longest =
          error instanceof WrongExpectedRevision ? Math.min(limits.longestPauseMs, 2 ** tries) : limits.pauseWhileUnavailableMs;
        await pause(Math.random() * longest);
      }
    }
    return [];
  }

  /** The state with everything in the log; commands that were sent before recognise their own events on the way. */
  private freshFor(commands: readonly PendingCommand<State, E>[], committed: Committed<State> | undefined): Promise<Committed<State>> {
    const sent = commands.filter((command) => command.sent);
    return this.states.fresh(this.definition, this.name, committed, (event, state) => {
      for (const command of sent) command.recognise(event, state);
    });
  }

  /** Something in one command cannot be stored, or the log refuses in an unexpected way: only the culprit is to fail. */
  private async settleEachAlone(commands: readonly PendingCommand<State, E>[], error: unknown): Promise<void> {
    const [only] = commands;
    if (only && commands.length === 1) only.refuse(error);
    else for (const command of commands) await this.settle([command]);
  }

  /** Stores rows of keys ahead of an append, and refuses the commands whose row could not be. */
  private async keepKeys(keyed: readonly Keyed<State, E>[]): Promise<void> {
    await Promise.all(keyed.map(({ command, row }) => command.keepKey(this.name, row).catch((error: unknown) => command.refuse(error))));
  }

  /** True when everybody has an answer; false when the log knew these events already and has to be read. */
  private async append(round: Round<State, E>, committed: Committed<State>, keyed: readonly Keyed<State, E>[]): Promise<boolean> {
    const { revision } = committed;
    const request = {
      stream: this.name,
      expected: revision < 0 ? ('no stream' as const) : revision,
      events: round.events as readonly ProposedEvent[],
      ...(keyed.length > 0 && { keys: keyed.map(({ row }) => row) }),
    };
    const given = round.steps.flatMap(({ command, events }) => (events.length > 0 ? [command] : []));
    const calls = this.log.keepsKeys ? this.callsOf(given) : [];
    // The oldest must not end an append that the others still have time for, nor their deadline one that has to be settled after it.
    const deadline = Math.max(...given.map((command) => command.appendableUntil));
    const appended = await this.give({ commands: given, calls, deadline }, (told) =>
      this.log.append({ ...request, ...told }, { deadline }),
    );
    for (const { command } of keyed) command.keyIsKept(this.name);
    if (appended.duplicate) return false;
    this.statistics.appends += 1;
    this.statistics.events += round.events.length;
    const positions = positionsFrom(appended, round.events.length) ?? (await this.readPositions(round, appended));
    this.states.remember(this.definition, this.name, { ...round.after, position: appended.position });
    answerRound(round, committed.position, positions);
    return true;
  }

  /** Gives the events of commands to the log, and notes whether they may be in it without anybody knowing. */
  private async give(
    {
      commands,
      calls,
      deadline,
    }: Readonly<{ commands: readonly PendingCommand<State, E>[]; calls: readonly BegunCall[]; deadline: number }>,
    append: (told: Pick<AppendRequest, 'calls'>) => Promise<Appended>,
  ): Promise<Appended> {
    const settledBefore = commands.filter(({ unsettled }) => !unsettled);
    const newBefore = calls.filter(({ mayBeStored }) => !mayBeStored);
    const told = calls.length > 0 ? { calls: calls.map(({ line, mayBeStored }) => ({ line, once: mayBeStored })) } : {};
    for (const command of commands) command.give(deadline);
    for (const call of calls) call.give();
    try {
      const appended = await append(told);
      for (const call of calls) call.settle(true);
      return appended;
    } catch (error) {
      // Every other failure says that this append was not and never will be carried out.
      if (!(error instanceof UnknownOutcome)) {
        for (const command of settledBefore) command.unsettled = false;
        for (const call of newBefore) call.settle(false);
      }
      throw error;
    }
  }

  /** The lines of the requests whose commands append, as far as they are not stored. */
  private callsOf(commands: readonly PendingCommand<State, E>[]): BegunCall[] {
    const { calls } = this.kept;
    if (!calls) return [];
    if (commands.length === 1) return commands.flatMap(({ requestId }) => calls.unstored(requestId));
    return [...new Set(commands.map(({ requestId }) => requestId))].flatMap((requestId) => calls.unstored(requestId));
  }

  /** Stores lines of calls ahead of an append, and refuses the commands whose line could not be. */
  private async keepCalls({ steps }: Round<State, E>): Promise<void> {
    const given = steps.flatMap(({ command, events }) => (events.length > 0 ? [command] : []));
    await Promise.all(
      given.map((command) =>
        Promise.all(this.callsOf([command]).map((call) => call.keep())).catch((error: unknown) => command.refuse(callNotKept(error))),
      ),
    );
  }

  private get log(): EventLog {
    return this.kept.log;
  }

  /** For a log that says only where the last event stands. */
  private async readPositions({ events }: Round<State, E>, { position }: Appended): Promise<Position[]> {
    const [first] = events;
    // It is committed: a log that cannot be read now must not turn that into a failure.
    const stored = first ? await this.log.readStream(this.name, first.revision, events.length).catch(() => []) : [];
    return events.map((_, index) => stored[index]?.position ?? position);
  }

  /** A repeated request answers from what its earlier try has appended, before anything is decided. */
  private async withoutEarlierAnswers(commands: readonly PendingCommand<State, E>[]): Promise<PendingCommand<State, E>[]> {
    const left: PendingCommand<State, E>[] = [];
    for (const command of commands) {
      const from = command.earlierFrom(this.name);
      if (from === undefined || !(await this.answerEarlier(command, from))) left.push(command);
    }
    return left;
  }

  private async answerEarlier(command: PendingCommand<State, E>, from: number): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        const before = await this.states.at(this.definition, this.name, from - 1);
        if (before.revision < from - 1) return false;
        await this.states.fresh(this.definition, this.name, before, (event, state) => command.recognise(event, state));
        return command.answerIfFound();
      } catch (error) {
        if (!(error instanceof LogUnavailable)) {
          command.refuse(error);
          return true;
        }
        if (this.withoutExpired([command]).length === 0) return true;
        await pause(Math.random() * limits.pauseWhileUnavailableMs);
      }
    }
  }

  private withoutExpired(commands: readonly PendingCommand<State, E>[]): PendingCommand<State, E>[] {
    const now = Date.now();
    return commands.filter((command) => {
      // Who was refused while he waited must not be carried out after all.
      if (command.refused) return false;
      if (command.givenUpAt > now) return true;
      command.expire();
      return false;
    });
  }
}

/** A command whose key's row is stored with its events. */
type Keyed<State, E extends Event> = Readonly<{ command: PendingCommand<State, E>; row: KeyRow }>;

const keyedIn = <State, E extends Event>({ steps }: Round<State, E>, stream: string, revision: number): Keyed<State, E>[] =>
  steps.flatMap(({ command, events }) => {
    const row = events.length > 0 ? command.keyRow(stream, revision) : undefined;
    return row ? [{ command, row }] : [];
  });

/** Such a command is answered from its key's row; the others of its append have to be decided again. */
const isKnown = <State, E extends Event>({ keyScope }: PendingCommand<State, E>, { scopes }: KeyKnown): boolean =>
  keyScope !== undefined && scopes.includes(keyScope);

/** Every command is answered with the position of its own last event, so that a repetition says the same. */
function positionsFrom({ position, firstPosition }: Appended, events: number): Position[] | undefined {
  if (events === 1) return [position];
  if (firstPosition === undefined) return undefined;
  return Array.from({ length: events }, (_, index) => firstPosition + BigInt(index));
}

let turn: Promise<void> | undefined;

/** One turn of the event loop, shared by all lanes that wait for it. */
function nextTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}
