import type { Pool } from 'pg';
import { sharedStatements } from '#millwright/event-sourcing';
import type { Held } from './domain/standing.js';
import type { Window } from './domain/tier-limits.js';

/** A call that somebody wants taken. */
export type Asked = Readonly<{
  /** Whose calls are counted together. */
  subject: string;
  /** How much it counts; 0 only looks. */
  weight: number;
  window: Window;
  /** The id of a call that was taken before, and is taken back first: one that turned out to count more, or not at all. */
  insteadOf?: string;
}>;

/** What was decided, and what the window holds after it. */
export type Counted = Held &
  Readonly<
    | { accepted: true; /** Null for a look. */ id: string | null }
    | { accepted: false; /** After how many seconds it fits, by the database's clock. */ waitSeconds: number }
  >;

type Row = Readonly<{
  place: number;
  accepted: boolean;
  id: string | null;
  used: number;
  at: number;
  oldest_leaves_at: number | null;
  one_more_at: number | null;
  wait: number | null;
}>;

/** How long what nobody needs any more may lie there, in milliseconds. */
const clearedEveryMs = 60_000;
const clearedAtOnce = 1_000;

/**
 * Exact sliding windows, of all processes together: the database decides, by its clock and under the lock of whose calls they are, so that no window
 * ever holds more than it may. Requests of one moment share a statement.
 */
export class CallWindows {
  private readonly asked = sharedStatements((asked: readonly Asked[]) => this.decide(asked));
  private clearing: NodeJS.Timeout | undefined;

  /** `onFault` is told where what nobody needs any more could not be cleared away; the next time it will be. */
  constructor(
    private readonly database: Pool,
    private readonly onFault: (fault: unknown) => void,
  ) {}

  /** Takes a call, or does not. Throws only when the database cannot be asked. */
  count(asked: Asked): Promise<Counted> {
    this.clearing ??= setInterval(() => void this.clear().catch(this.onFault), clearedEveryMs).unref();
    return this.asked.load(asked);
  }

  close(): void {
    clearInterval(this.clearing);
  }

  /** Removes whose calls count no more: an address is not kept for longer than it is needed. */
  async clear(): Promise<void> {
    for (;;) {
      const { rowCount } = await this.database.query(
        `WITH idle AS (
           SELECT subject FROM app.call_windows WHERE idle_at <= clock_timestamp() ORDER BY subject LIMIT $1 FOR UPDATE SKIP LOCKED
         ), calls AS (DELETE FROM app.counted_calls AS c USING idle WHERE c.subject = idle.subject)
         DELETE FROM app.call_windows AS w USING idle WHERE w.subject = idle.subject`,
        [clearedAtOnce],
      );
      if ((rowCount ?? 0) < clearedAtOnce) return;
    }
  }

  private async decide(asked: readonly Asked[]): Promise<readonly Counted[]> {
    const calls = asked.map(({ subject, weight, window, insteadOf = null }, place) => ({
      ...{ place, subject, weight, instead_of: insteadOf },
      ...window,
    }));
    const { rows } = await this.database.query<Row>({
      name: 'count-calls',
      text: 'SELECT place, accepted, id, used, at, oldest_leaves_at, one_more_at, wait FROM app.count_calls($1::jsonb)',
      values: [JSON.stringify(calls)],
    });
    return rows.sort((one, other) => one.place - other.place).map(countedOf);
  }
}

function countedOf({ accepted, id, used, at, oldest_leaves_at, one_more_at, wait }: Row): Counted {
  const held = { now: at, used, oldestLeavesAt: oldest_leaves_at, oneMoreAt: one_more_at };
  return accepted ? { ...held, accepted, id } : { ...held, accepted, waitSeconds: wait ?? 0 };
}
