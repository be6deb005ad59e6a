import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { currentContext, Rejection } from '#millwright/event-sourcing';
import { TurnLocks } from './turn-locks.js';

/** How long until a turn that another process has is asked for again. */
const pauseMs = 10;

/** So long a process has one turn after another before it lets others ask, for longer than they pause. */
const handedOnMs = 100;
const restMs = 3 * pauseMs;

/** Whoever waits for a turn, in the order they came, and whether somebody has it or it is being asked for; `since` is when this process was given it. */
type Turn = { readonly waiting: Set<Waiting>; isTaken: boolean; isAsked: boolean; since: number };
type Waiting = Readonly<{ begin: () => void; fail: (fault: unknown) => void }>;

const busy = (): Rejection => new Rejection('UNAVAILABLE', 'Others change the same at this moment. Please try again.');

/** One a pool: all kinds of turns hold one connection of it together. */
const byPool = new WeakMap<Pick<Pool, 'connect'>, TurnsOfPool>();

/**
 * Has who does something wait for whoever else does the same, in this process or another, in the order they came in each. Neither who waits nor who does it
 * holds a connection for that, so that the work may use those of the same pool, and take a turn of another name inside.
 */
export class Turns {
  private readonly all: TurnsOfPool;

  constructor(pool: Pick<Pool, 'connect'>) {
    this.all = byPool.get(pool) ?? new TurnsOfPool(new TurnLocks(pool));
    byPool.set(pool, this.all);
  }

  /**
   * @param until how long to wait for it, in milliseconds since 1970
   * @throws what `work` throws; Rejection UNAVAILABLE it was not his turn in time; the database where it cannot tell whose turn it is
   */
  take<T>(what: string, work: () => Promise<T>, until = currentContext().deadline): Promise<T> {
    return this.all.take(what, until, work);
  }
}

class TurnsOfPool {
  private readonly turns = new Map<string, Turn>();

  constructor(private readonly locks: TurnLocks) {}

  async take<T>(name: string, until: number, work: () => Promise<T>): Promise<T> {
    const turn: Turn = this.turns.get(name) ?? { waiting: new Set(), isTaken: false, isAsked: false, since: 0 };
    this.turns.set(name, turn);
    await this.begun(name, turn, until);
    try {
      return await work();
    } finally {
      turn.isTaken = false;
      this.goOn(name, turn);
    }
  }

  private async begun(name: string, turn: Turn, until: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((begin, fail) => {
        const waiting = { begin, fail };
        timer = setTimeout(() => (turn.waiting.delete(waiting), fail(busy())), Math.max(0, until - Date.now()));
        turn.waiting.add(waiting);
        this.goOn(name, turn);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private goOn(name: string, turn: Turn): void {
    if (turn.isTaken || turn.isAsked) return;
    const [next] = turn.waiting;
    if (!next) {
      this.turns.delete(name);
      this.locks.giveBack(name);
    } else if (!this.locks.has(name)) {
      void this.ask(name, turn);
    } else if (Date.now() - turn.since > handedOnMs) {
      this.locks.giveBack(name);
      void this.ask(name, turn, restMs);
    } else {
      turn.waiting.delete(next);
      turn.isTaken = true;
      next.begin();
    }
  }

  private async ask(name: string, turn: Turn, restingMs = 0): Promise<void> {
    turn.isAsked = true;
    if (restingMs > 0) await pause(restingMs);
    const asked = new Set(turn.waiting);
    try {
      if (await this.locks.take(name)) turn.since = Date.now();
      else await pause(pauseMs);
    } catch (fault) {
      for (const waiting of asked) if (turn.waiting.delete(waiting)) waiting.fail(fault);
    }
    turn.isAsked = false;
    this.goOn(name, turn);
  }
}
