import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { CountedAddresses } from '#millwright/limits';

/** At most so many accepted submissions in any so many seconds an address. */
const most = 10;
const windowSeconds = 60;

/** Where a place in the window was taken, or after how many seconds the next one is free. */
type Place = Readonly<{ visit: string }> | Readonly<{ retryAfterSeconds: number }>;

/** Counts what is asked through portals by address, exactly and across processes. */
@Injectable()
export class PortalLimit {
  constructor(
    private readonly pool: Pool,
    private readonly addresses: CountedAddresses,
  ) {}

  /** Takes a place before anything is done; whoever is refused after that gives it back. The address is what is counted together (S14). */
  async take(address: string): Promise<Place> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const place = await takeIn(client, this.addresses.markOf(address));
      await client.query('COMMIT');
      return place;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async giveBack(visit: string): Promise<void> {
    await this.pool.query('DELETE FROM app.portal_visits WHERE id = $1', [visit]);
  }
}

/** Those of one address come one after another, so that no two take the last place. `address` is what stands for it. */
async function takeIn(client: PoolClient, address: string): Promise<Place> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('portal ' || $1, 0))`, [address]);
  // Two addresses may clear away at once: what one of them has in hand the other leaves.
  await client.query(
    `DELETE FROM app.portal_visits WHERE id IN
       (SELECT id FROM app.portal_visits WHERE accepted_at <= clock_timestamp() - make_interval(secs => $1) FOR UPDATE SKIP LOCKED)`,
    [windowSeconds],
  );
  const { rows } = await client.query<{ wait: string }>(
    `SELECT extract(epoch FROM accepted_at + make_interval(secs => $2) - clock_timestamp()) AS wait
     FROM app.portal_visits WHERE address = $1 ORDER BY accepted_at DESC OFFSET $3 LIMIT 1`,
    [address, windowSeconds, most - 1],
  );
  const [full] = rows;
  if (full) return { retryAfterSeconds: Math.max(1, Math.ceil(Number(full.wait))) };
  const { rows: taken } = await client.query<{ id: string }>('INSERT INTO app.portal_visits (address) VALUES ($1) RETURNING id', [address]);
  return { visit: taken[0]?.id ?? '' };
}
