import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { currentContext, Rejection } from '#millwright/event-sourcing';

/** The work is done over other connections, so that this one is idle; a process that has stopped lets go of its turns after so long. */
const longestTurnMs = 15_000;

/** So many connections hold turns at once in a process. */
const mostAtOnce = 2;

/** How long until a turn that somebody else has is asked for again. */
const pauseMs = 10;

/** Who waits for a turn: until when (in milliseconds since 1970), and what he is given when it is his, to be called when he is done. */
type Waiting = Readonly<{ turn: string; until: number; begin(end: () => void): void; fail(fault: unknown): void }>;

/**
 * Has who takes what an order is charged for a person near its limit wait for whoever else does, in this process or another. A timer is decided on the
 * stream of its person and an entry by hand on that of the order, so that neither append would find out about the other. One connection asks for all
 * that wait at that moment: at the end of a shift there may be hundreds, and none of them waits for another's person.
 */
@Injectable()
export class LabourTurns {
  private waiting: Waiting[] = [];
  private free = mostAtOnce;

  constructor(private readonly pool: Pool) {}

  /** @throws what `work` throws; Rejection UNAVAILABLE it was not his turn in time; the database where it cannot tell whose turn it is */
  async take<T>(workOrderId: number, technicianId: number, work: () => Promise<T>): Promise<T> {
    const turn = `labour of user ${technicianId} on work order ${workOrderId}`;
    const end = await new Promise<() => void>((begin, fail) => {
      this.waiting.push({ turn, until: currentContext().deadline, begin, fail });
      this.serve();
    });
    try {
      return await work();
    } finally {
      end();
    }
  }

  private serve(): void {
    while (this.free > 0 && this.waiting.length > 0) {
      const asked = this.waiting;
      this.waiting = [];
      this.free -= 1;
      void this.together(asked).finally(() => {
        this.free += 1;
        this.serve();
      });
    }
  }

  /** Serves those whose turn it is, and has the others ask again. */
  private async together(asked: readonly Waiting[]): Promise<void> {
    // A session may take its own lock again, so that of one turn only the first is asked for.
    const first = new Map(asked.toReversed().map((waiting) => [waiting.turn, waiting]));
    try {
      await this.locked([...first.keys()], async (taken) => {
        const won = new Set(taken.map((turn) => first.get(turn)));
        void this.askAgain(asked.filter((waiting) => !won.has(waiting)));
        await Promise.all([...won].map((waiting) => new Promise<void>((end) => waiting?.begin(end))));
      });
    } catch (fault) {
      // Whoever had his turn is past this.
      for (const { fail } of asked) fail(fault);
    }
  }

  private async locked(turns: readonly string[], work: (taken: readonly string[]) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${longestTurnMs}`);
      const { rows } = await client.query<{ turn: string; taken: boolean }>(
        'SELECT turn, pg_try_advisory_xact_lock(hashtextextended(turn, 0)) AS taken FROM unnest($1::text[]) AS turn',
        [turns],
      );
      await work(rows.filter(({ taken }) => taken).map(({ turn }) => turn));
    } finally {
      // Closing the connection would free the locks as well, so a failing end needs no answer of its own.
      await client.query('COMMIT').then(
        () => client.release(),
        (error: unknown) => client.release(error instanceof Error ? error : true),
      );
    }
  }

  private async askAgain(lost: readonly Waiting[]): Promise<void> {
    if (lost.length === 0) return;
    await pause(pauseMs);
    for (const waiting of lost) {
      if (waiting.until > Date.now()) this.waiting.push(waiting);
      else waiting.fail(new Rejection('UNAVAILABLE', 'The work on this order is busy. Please try again.'));
    }
    this.serve();
  }
}
