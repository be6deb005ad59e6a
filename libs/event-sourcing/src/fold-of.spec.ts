import fc from 'fast-check';
import type { EventLog } from './event-log.js';
import { foldOf } from './fold-of.js';
import type { Projection } from './projection.js';
import { eventually, World, type Counted } from './projections/testing/world.js';

const soon = { timeout: 120_000 };

type Pile = Readonly<{ sum: bigint; additions: number }>;

/** How many dozens there are: a row that does not say what is left over. */
const table = { name: 'piles', columns: { id: 'bigint', dozens: 'integer' }, key: ['id'], dropped: ['color'] } as const;
const piles = foldOf<Pile, Counted>(
  {
    category: 'box',
    initialState: { sum: 0n, additions: 0 },
    evolve: ({ sum, additions }, { data }) => ({ sum: sum + BigInt(data.amount), additions: additions + 1 }),
  },
  table,
  ({ sum }, { stream }) => ({ id: Number(stream.slice('box-'.length)), dozens: Number(sum / 12n) }),
  {
    remember: ({ sum, additions }) => ({ sum: String(sum), additions }),
    recall: (remembered) => {
      const { sum, additions } = remembered as { sum: string; additions: number };
      return { sum: BigInt(sum), additions };
    },
  },
);
const pilesProjection: Projection<Counted> = { ...piles, name: 'piles', version: 1, tables: [piles.table] };

/** The same as a release without memory wrote it. */
const earlierProjection: Projection<Counted> = {
  ...pilesProjection,
  tables: [{ ...table, columns: { ...table.columns, color: 'text' } }],
  apply: ({ stream }, rows) => rows.put('piles', { id: Number(stream.slice('box-'.length)), dozens: 1, color: 'red' }),
};

describe('a fold that remembers a state beside its row', () => {
  let world: World;
  beforeEach(async () => (world = await World.create()));
  afterEach(() => world.end());

  it('goes on from what it remembers after a restart, and shows it to nobody', async () => {
    const first = await world.started([pilesProjection]);
    await first.waitFor(await world.append('box-1', 7, 4), soon);
    await world.stop(first);
    const second = await world.started([pilesProjection]);
    await second.waitFor(await world.append('box-1', 2), soon);
    expect(await world.rows('select * from read.piles')).toEqual([{ id: '1', dozens: 1 }]);
    expect(await world.rows('select memory from read_piles_v1.piles')).toEqual([{ memory: { sum: '13', additions: 3 } }]);
  });

  it('takes what a release without memory has written from the log, until its own build serves', async () => {
    const earlier = await world.started([earlierProjection]);
    await earlier.waitFor(await world.append('box-1', 9, 9), soon);
    await world.stop(earlier);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slowly: EventLog = Object.assign(Object.create(world.log) as EventLog, {
      readAll: async (...page: Parameters<EventLog['readAll']>) => {
        await gate;
        return world.log.readAll(...page);
      },
    });
    const engine = await world.started([pilesProjection], { log: slowly });
    await engine.waitFor(await world.append('box-1', 5), soon);
    await engine.waitFor(await world.append('box-1', 13), soon);
    const seen = await world.rows('select dozens, serving from read.piles, app.projections');
    open();
    await eventually(async () => (await world.rows('select serving from app.projections'))[0]?.['serving'] === 'read_piles_v1_1');
    expect(seen).toEqual([{ dozens: 3, serving: 'read_piles_v1' }]);
    expect(await world.rows('select * from read.piles')).toEqual([{ id: '1', dozens: 3 }]);
  });

  it('has one digest live and rebuilt, and the rows of a fresh fold', async () => {
    const engine = await world.started([pilesProjection]);
    const sums = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('box-1', 'box-2'), fc.array(fc.nat(99), { minLength: 1, maxLength: 4 })), { minLength: 1 }),
        async (history) => {
          let last = 0n;
          for (const [stream, amounts] of history) {
            last = await world.append(stream, ...amounts);
            sums.set(
              stream,
              amounts.reduce((sum, amount) => sum + amount, sums.get(stream) ?? 0),
            );
          }
          await engine.waitFor(last, soon);
          const expected = [...sums].sort().map(([stream, sum]) => ({ id: stream.slice(4), dozens: Math.floor(sum / 12) }));
          expect(await world.rows('select * from read.piles order by id')).toEqual(expected);
          const live = await engine.digest('piles');
          await engine.rebuild('piles');
          expect(await engine.digest('piles')).toEqual(live);
        },
      ),
      { numRuns: 5 },
    );
  });
});
