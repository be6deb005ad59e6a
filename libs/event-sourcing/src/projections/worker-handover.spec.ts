import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { BatchWriter } from './batch-writer.js';
import { CheckpointMoved, stepTogether } from './checkpoint-step.js';
import { RowBuffer } from './row-buffer.js';
import { eventually, journal, tally, World } from './testing/world.js';

const soon = { timeout: 120_000 };

describe('one worker for all that serve', () => {
  let world: World;
  const children: ChildProcess[] = [];
  beforeEach(async () => (world = await World.create()));
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await world.end();
  });

  /** Held or waited for in this world's database: others use the same server. */
  const locks = async (type: string, granted: boolean): Promise<number> =>
    (
      await world.rows(
        `select from pg_locks join pg_stat_activity using (pid) where datname = current_database() and locktype = $1 and granted = $2`,
        type,
        granted,
      )
    ).length;

  const workerProcess = async (): Promise<ChildProcess> => {
    const script = 'libs/event-sourcing/src/projections/testing/worker-process.ts';
    const child = spawn(
      process.execPath,
      ['--import', './test/harness/typescript.mjs', script, world.database.url, world.database.ownerUrl],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(line).toBe('working');
    return child;
  };

  it.each(['SIGKILL', 'SIGSTOP'] as const)('hands over when the working process gets %s', async (signal) => {
    const child = await workerProcess();
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-1', 1, 2), soon);
    expect((await engine.status()).map(({ state }) => state)).toEqual(['standing by', 'standing by']);
    child.kill(signal);
    await engine.waitFor(await world.append('box-1', 3), soon);
    expect((await engine.status()).map(({ state }) => state)).toEqual(['live', 'live']);
    child.kill('SIGCONT');
    await engine.waitFor(await world.append('box-1', 4), soon);
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: '10' }]);
    expect(await world.rows('select amount from read.journal_line')).toHaveLength(4);
  });

  it('stops at once when its locks are lost, and what it had under way does no harm', async () => {
    const first = await world.started([tally(), journal]);
    const second = await world.started([tally(), journal]);
    for (let round = 0; round < 6; round++) {
      const appending = world.append('box-1', ...Array.from({ length: 50 }, (_, amount) => amount));
      await world.cutConnections('worker locks');
      const position = await appending;
      await Promise.all([first.waitFor(position, soon), second.waitFor(position, soon)]);
    }
    expect(await world.rows('select total from read.stream_tally')).toEqual([{ total: String(6 * 1225) }]);
    const engine = (await first.status())[0]?.state === 'live' ? first : second;
    await eventually(async () => (await engine.digest('tally')).position === 300n);
    const live = await engine.digest('tally');
    await engine.rebuild('tally');
    expect(await engine.digest('tally')).toEqual(live);
  });

  it('looks where others stand after it lost its locks in the middle of a batch that was written all the same', async () => {
    const engine = await world.started([tally(), journal]);
    await engine.waitFor(await world.append('box-1', 1), soon);
    const checkpoint = await world.session();
    await checkpoint.query('begin; select from app.live_read_models for update');
    await world.append('box-1', 2);
    await eventually(async () => (await locks('transactionid', false)) > 0);
    const rival = await world.session();
    const won = rival.query(`select pg_advisory_lock(hashtextextended('millwright worker live read models', 0))`);
    await eventually(async () => (await locks('advisory', false)) > 0);
    await world.cutConnections('worker locks');
    await won;
    // It stands by, and has its first lock again.
    await eventually(async () => (await locks('advisory', true)) === 2);
    await checkpoint.query('commit');
    await checkpoint.end();
    await eventually(async () => (await world.rows('select from app.live_read_models where checkpoint = 2')).length > 0);
    await rival.query('update app.live_read_models set epoch = epoch + 1, checkpoint = 3');
    await engine.waitFor(3n, soon);
    expect((await engine.status())[0]?.state).toBe('standing by');
    await rival.end();
  });

  it.each([
    ['', ''],
    [', tables and all', `drop schema read_tally_v2 cascade`],
  ])('is told of a build that was retired under its hands%s, as by an upgrade, and that is no error', async (_case, drop) => {
    const told = { info: [] as string[], error: [] as unknown[] };
    const logger = {
      info: (_facts: object, message: string): void => void told.info.push(message),
      warn: (): void => undefined,
      error: (facts: object, message: string): void => void told.error.push({ message, ...facts }),
    };
    const serving = await world.started([tally(), journal]);
    await world.started([tally(2), journal], { logger });
    await serving.waitFor(await world.append('box-1', 1), soon);
    const owner = await world.session();
    await eventually(async () => (await world.rows(`select from app.projection_builds where version = 2 and checkpoint = 1`)).length > 0);
    await owner.query(`update app.projection_builds set retired = true where schema_name = 'read_tally_v2'; ${drop}`);
    await owner.end();
    await world.append('box-1', 2);
    // Where it looks at the book of builds before it has anything to write, it finds out by itself, and makes another.
    const another = `select from app.projection_builds where version = 2 and generation > 0`;
    await eventually(
      async () =>
        told.error.length > 0 ||
        told.info.includes('a build was retired, or is worked elsewhere') ||
        (await world.rows(another)).length > 0,
    );
    expect(told.error).toEqual([]);
  });

  it.each([1, 500])('lets only one of two workers write %i rows from the same checkpoint', async (count) => {
    const engine = await world.started([journal]);
    await world.stop(engine);
    const [live] = await world.rows<{ epoch: string }>('select epoch::text from app.live_read_models');
    const pool = new pg.Pool({ connectionString: world.database.url, max: 2 });
    try {
      const attempts = [0, 1].map(async () => {
        const rows = new RowBuffer(journal.tables);
        for (let line = 0; line < count; line++) rows.add('journal_line', { position: String(line), stream: 'box-1', amount: line });
        const step = stepTogether(live?.epoch ?? '', 0n, BigInt(count));
        await new BatchWriter(pool).write(step, [{ schema: 'read_journal_v1', changes: rows.changes(), parked: [] }]);
      });
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [lost] = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost?.reason).toBeInstanceOf(CheckpointMoved);
      expect(await world.rows('select amount from read.journal_line')).toHaveLength(count);
    } finally {
      await pool.end();
    }
  });
});
