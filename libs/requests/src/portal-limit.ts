import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';

/** At most so many accepted submissions in any so many seconds an address. */
const most = 10;
const windowSeconds = 60;

/** Where a place in the window was taken, or after how many seconds the next one is free. */
type Place = Readonly<{ visit: string }> | Readonly<{ retryAfterSeconds: number }>;

/** Counts what is asked through portals by address, exactly and across processes. */
@Injectable()
export class PortalLimit {
  constructor(private readonly pool: Pool) {}

  /** Takes a place before anything is done; whoever is refused after that gives it back. */
  async take(address: string): Promise<Place> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const place = await takeIn(client, networkOf(address));
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

/** Those of one address come one after another, so that no two take the last place. */
async function takeIn(client: PoolClient, network: string): Promise<Place> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('portal ' || $1, 0))`, [network]);
  // Two addresses may clear away at once: what one of them has in hand the other leaves.
  await client.query(
    `DELETE FROM app.portal_visits WHERE id IN
       (SELECT id FROM app.portal_visits WHERE accepted_at <= clock_timestamp() - make_interval(secs => $1) FOR UPDATE SKIP LOCKED)`,
    [windowSeconds],
  );
  const { rows } = await client.query<{ wait: string }>(
    `SELECT extract(epoch FROM accepted_at + make_interval(secs => $2) - clock_timestamp()) AS wait
     FROM app.portal_visits WHERE address = $1 ORDER BY accepted_at DESC OFFSET $3 LIMIT 1`,
    [network, windowSeconds, most - 1],
  );
  const [full] = rows;
  if (full) return { retryAfterSeconds: Math.max(1, Math.ceil(Number(full.wait))) };
  const { rows: taken } = await client.query<{ id: string }>('INSERT INTO app.portal_visits (address) VALUES ($1) RETURNING id', [network]);
  return { visit: taken[0]?.id ?? '' };
}

/** An IPv4 address, also where a socket of IPv6 shows it, or the /64 of an IPv6 address: whoever has one has all of them. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const plain = address.replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole = tail === undefined ? groups : [...groups, ...Array<string>(8 - groups.length - after.length).fill('0'), ...after];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
