import pg from 'pg';
import { BatchWriter } from './batch-writer.js';
import { BuildBook } from './build-book.js';
import { BuildCatalog } from './build-catalog.js';
import { silentLogger } from './engine-logger.js';
import { LiveMembership } from './live-membership.js';
import { LiveReadModels } from './live-read-models.js';
import { ProjectionRunner } from './projection-runner.js';
import { tally, World } from './testing/world.js';

describe('builds that ask together to be taken in', () => {
  let world: World;
  let pool: pg.Pool;
  let owner: pg.Pool;
  beforeEach(async () => {
    world = await World.create();
    pool = new pg.Pool({ connectionString: world.database.url });
    owner = new pg.Pool({ connectionString: world.database.ownerUrl });
  });
  afterEach(async () => {
    await Promise.all([pool.end(), owner.end()]);
    await world.end();
  });

  it('are taken in also where a newer one is named before the one that it replaces, which then does not serve any more', async () => {
    const catalog = new BuildCatalog(pool, owner);
    const membership = new LiveMembership(owner, catalog, 'this release');
    const nothing = (): void => undefined;
    const parts = { log: world.log, writer: new BatchWriter(pool), membership, logger: silentLogger, advanced: nothing, left: nothing };
    const live = new LiveReadModels({ ...parts, changing: () => nothing, usurped: nothing });
    const older = await catalog.create(tally(1));
    await world.rows('insert into app.projections (name, serving) values ($1, $2)', 'tally', older);
    await catalog.create(tally(2));
    const book = new BuildBook(catalog);
    await book.read();
    const runners = await Promise.all(
      book.of(tally(2)).map(async (build) => {
        const observer = { wantsEvents: nothing, index: async () => nothing(), admit: async () => false, parked: nothing, failed: nothing };
        const runner = new ProjectionRunner(tally(2), build, tally(2).tables, pool, world.log, { ...observer, memory: () => 1 });
        await runner.tables.reload();
        return runner;
      }),
    );
    try {
      await live.begin(await membership.takeOver([]), []);
      expect(await live.admit([...runners].reverse())).toHaveLength(2);
      expect(live.members.of('tally')?.schema).toBe('read_tally_v2');
      await book.read();
      expect(book.builds.map(({ schema, serving, retired }) => ({ schema, serving, retired }))).toEqual([
        { schema: older, serving: false, retired: true },
        { schema: 'read_tally_v2', serving: true, retired: false },
      ]);
    } finally {
      await live.stop();
    }
  });
});
