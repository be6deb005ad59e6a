import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { runForEverybody } from '#millwright/event-sourcing';

/** Where a call came from and with what, as lines name it: rows that can go while the lines stay (contract, part 4, S26). */
export type CallerIds = Readonly<{ addressId: number | null; agentId: number | null }>;

type Place = Readonly<{ table: 'api_call_addresses'; column: 'address' } | { table: 'api_call_agents'; column: 'agent' }>;
type Sought = Readonly<{ place: Place; userId: number | null; text: string }>;

const addresses: Place = { table: 'api_call_addresses', column: 'address' };
const agents: Place = { table: 'api_call_agents', column: 'agent' };

/** The longest name of a program that is kept whole. */
const longestAgent = 300;
const mostRemembered = 20_000;
const dayMs = 86_400_000;
const unknown: CallerIds = { addressId: null, agentId: null };

/** The rows of addresses and user agents, of which each process asks once a day and person. */
export class Callers {
  private readonly known = new LRUCache<string, number, Sought>({
    max: mostRemembered,
    fetchMethod: (_key, _stale, { context }) => runForEverybody(() => this.find(context)),
  });
  /** In days since 1970. */
  private today = 0;

  constructor(private readonly database: Pool) {}

  /** At once where they were asked for before. What cannot be found out is null: nobody is refused for it. */
  of(userId: number | null, address: string | null, agent: string | undefined): CallerIds | Promise<CallerIds> {
    const addressId = this.idOf(addresses, userId, address);
    const agentId = this.idOf(agents, userId, agent?.slice(0, longestAgent) ?? null);
    if (!(addressId instanceof Promise) && !(agentId instanceof Promise)) return { addressId, agentId };
    return Promise.all([addressId, agentId]).then(
      ([ofAddress, ofAgent]) => ({ addressId: ofAddress, agentId: ofAgent }),
      () => unknown,
    );
  }

  /** A person's addresses and programs are not found here any more. */
  forget(): void {
    this.known.clear();
  }

  private idOf(place: Place, userId: number | null, text: string | null): number | null | Promise<number | null> {
    if (text === null) return null;
    const today = Math.floor(Date.now() / dayMs);
    // The row is told each day that it is still in use, for it is kept as long as the lines.
    if (today !== this.today) this.known.clear();
    this.today = today;
    const key = `${place.column}/${userId}/${text}`;
    return this.known.get(key) ?? this.known.fetch(key, { context: { place, userId, text } }).then((id) => id ?? null);
  }

  private async find({ place: { table, column }, userId, text }: Sought): Promise<number> {
    const { rows } = await this.database.query<{ id: string }>({
      name: `seen-${column}`,
      text: `INSERT INTO app.${table} AS known (user_id, ${column}, last_day) VALUES ($1, $2, current_date)
             ON CONFLICT (user_id, ${column}) DO UPDATE SET last_day = excluded.last_day RETURNING id`,
      values: [userId, text],
    });
    return Number(rows[0]?.id);
  }
}
