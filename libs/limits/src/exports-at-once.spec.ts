import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { alike, type Principal } from '#millwright/access';
import type { CallWindows } from './call-windows.js';
import { CountedAddresses } from './counted-addresses.js';
import { ExportTurns } from './export-turns.js';
import type { InstallationSettings } from './installation-settings.js';
import { Limits } from './limits.js';

const somebody = (userId: number, kind: 'session' | 'api_key' | 'bootstrap' = 'session'): Principal => ({
  credential: { kind, id: `${kind}-${userId}` },
  customerId: 1,
  userId,
  rights: alike('all'),
});
const tooMany = expect.objectContaining({ code: 'RATE_LIMIT_EXCEEDED', facts: { retry_after_seconds: 1 } }) as Error;

let database: TestDatabase;
const processes: Readonly<{ pool: pg.Pool; turns: ExportTurns; faults: readonly unknown[] }>[] = [];
beforeAll(async () => void (database = await createDatabase()));
afterAll(async () => {
  for (const { turns } of processes) turns.close();
  await Promise.all(processes.map(({ pool }) => pool.end()));
  await database.drop();
});

/** What a process of its own has: connections, and what it knows. */
function aProcess(rateLimits = true): Limits {
  const settings: Pick<InstallationSettings, 'now'> = {
    now: () => ({
      tier: 'enterprise',
      rateLimits,
      window: { requests: 300, seconds: 60 },
      own: { requests: null, seconds: null },
      fixed: [],
    }),
  };
  const pool = new pg.Pool({ connectionString: database.url, application_name: `process ${processes.length}` });
  pool.on('error', () => undefined);
  const faults: unknown[] = [];
  const turns = new ExportTurns(pool, (fault) => faults.push(fault));
  processes.push({ pool, turns, faults });
  return new Limits({} as CallWindows, settings as InstallationSettings, turns, new CountedAddresses(randomBytes(32)));
}

/** What ended is known elsewhere a moment later: tried until it is taken. */
async function eventuallyBegun(limits: Limits, who: Principal): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const begun = await limits.beginExport(who).catch((refusal: unknown) => {
      if (tries === 100) throw refusal;
    });
    if (begun) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('exports', () => {
  it.each([true, false])(
    'are two at once a user, over all his credentials, and one more when one has ended; limited: %s',
    async (limited) => {
      const limits = aProcess(limited);
      const who = limited ? 7 : 8;
      const end = await limits.beginExport(somebody(who));
      await limits.beginExport(somebody(who, 'api_key'));
      await expect(limits.beginExport(somebody(who))).rejects.toEqual(tooMany);
      await limits.beginExport(somebody(who + 10));
      end();
      end();
      await limits.beginExport(somebody(who));
      await expect(limits.beginExport(somebody(who))).rejects.toEqual(tooMany);
    },
  );

  it('are two at once in all processes together, also where they begin at the same moment', async () => {
    const [one, other] = [aProcess(), aProcess()];
    const begun = await Promise.allSettled([one, other, one, other, one].map((limits) => limits.beginExport(somebody(31))));
    const ends = begun.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(ends.length).toBeLessThanOrEqual(2);
    for (let missing = ends.length; missing < 2; missing += 1) ends.push(await one.beginExport(somebody(31)));
    for (const limits of [one, other]) await expect(limits.beginExport(somebody(31))).rejects.toEqual(tooMany);
    for (const end of ends) end();
    for (const limits of [other, one]) await eventuallyBegun(limits, somebody(31));
    for (const limits of [one, other]) await expect(limits.beginExport(somebody(31))).rejects.toEqual(tooMany);
  });

  it('count no more when their process has gone', async () => {
    const [one, other] = [aProcess(), aProcess()];
    for (const who of [41, 41, 42]) await one.beginExport(somebody(who));
    await expect(other.beginExport(somebody(41))).rejects.toEqual(tooMany);
    const { pool } = processes[processes.length - 1] as (typeof processes)[number];
    await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1`, [
      `process ${processes.length - 2}`,
    ]);
    await eventuallyBegun(other, somebody(41));
    await eventuallyBegun(other, somebody(41));
  });

  it('keep no connection once they have ended, of which nothing is to be said', async () => {
    const limits = aProcess();
    const { pool, faults } = processes[processes.length - 1] as (typeof processes)[number];
    const ends = await Promise.all([limits.beginExport(somebody(51)), limits.beginExport(somebody(52))]);
    expect(pool.totalCount).toBe(1);
    for (const end of ends) end();
    for (let tries = 0; pool.totalCount > 0 && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pool.totalCount).toBe(0);
    expect(faults).toEqual([]);
  });

  it('are as many as there are for the bootstrap key', async () => {
    const limits = aProcess();
    for (let count = 0; count < 5; count += 1) expect(await limits.beginExport(somebody(1, 'bootstrap'))).toBeInstanceOf(Function);
  });
});
