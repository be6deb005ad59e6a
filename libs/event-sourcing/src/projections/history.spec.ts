import fc from 'fast-check';
import type { Position } from '../event.js';
import type { Projection, TableDefinition } from '../projection.js';
import { eventually, World, type Counted } from './testing/world.js';

const soon = { timeout: 120_000 };

const box: TableDefinition = {
  name: 'boxes',
  columns: { id: 'bigint', owner_id: 'bigint', label: 'text', amount: 'integer' },
  key: ['id'],
  indexes: [['owner_id', 'label', 'id']],
  history: { owner: 'owner_id', figures: ['amount'], slow: { columns: ['label'], indexes: [['owner_id', 'label', 'id']] } },
};
const kind: TableDefinition = { name: 'kinds', columns: { kind: 'text', events: 'integer' }, key: ['kind'], history: {} };

type Box = { label: string; amount: number };

/** A box gets another label with a note, and is gone with the amount 0; `poison` cannot be folded. Every event puts its row twice. */
const boxes: Projection<Counted> = {
  name: 'boxes',
  version: 1,
  categories: ['box'],
  tables: [box, kind],
  keys: ({ stream, data }) => [
    ['boxes', { id: Number(stream.slice(4)) }],
    ['kinds', { kind: data.kind }],
  ],
  apply({ stream, data }, rows) {
    const id = Number(stream.slice(4));
    const { label, amount } = { label: 'new', amount: 0, ...(rows.get('boxes', { id }) as Box | undefined) };
    rows.put('boxes', { id, owner_id: 1, label: data.note === undefined ? label : 'on the way', amount: -1 });
    if (data.note === 'poison') throw new Error('cannot be folded');
    if (data.amount === 0) rows.remove('boxes', { id });
    else rows.put('boxes', { id, owner_id: 1, label: data.note ?? label, amount: amount + data.amount });
    const known = rows.get('kinds', { kind: data.kind });
    rows.put('kinds', { kind: data.kind, events: Number(known?.['events'] ?? 0) + 1 });
  },
};

const withoutHistory = ({ history: _, ...table }: TableDefinition): TableDefinition => table;
const earlier: Projection<Counted> = { ...boxes, tables: boxes.tables.map(withoutHistory) };

const event = (amount: number, note?: string): Counted['data'] => ({ amount, kind: amount % 2 === 0 ? 'even' : 'odd', note });

describe('the versions of rows', () => {
  let world: World;
  beforeEach(async () => (world = await World.create()));
  afterEach(() => world.end());

  const boxesAt = (position: Position) =>
    world.rows<{ id: string; label: string; amount: number }>(
      'select id, label, amount from read.boxes_history where valid_from <= $1 and valid_to > $1 order by id',
      String(position),
    );
  const labelsAt = (position: Position) =>
    world.rows('select id, label from read.boxes_slow_history where valid_from <= $1 and valid_to > $1 order by id', String(position));

  it('are shown with the positions they were true for, and today’s row without them', async () => {
    const engine = await world.started([boxes]);
    const first = await world.append('box-1', event(3));
    const second = await world.append('box-1', event(4), event(5, 'red'));
    await engine.waitFor(second, soon);
    expect(await world.rows('select * from read.boxes')).toEqual([{ id: '1', owner_id: '1', label: 'red', amount: 12 }]);
    const of = (amount: number, label: string, from: Position, to: Position | string) => ({
      id: '1', owner_id: '1', label, amount, valid_from: String(from), valid_to: String(to),
    }); // prettier-ignore
    expect(await world.rows('select * from read.boxes_history order by valid_to')).toEqual([
      of(3, 'new', first, second - 1n),
      of(7, 'new', second - 1n, second),
      of(12, 'red', second, '9223372036854775807'),
    ]);
    expect(await world.rows('select label, valid_from, valid_to from read.boxes_slow_history order by valid_to')).toEqual([
      { label: 'new', valid_from: String(first), valid_to: String(second) },
      { label: 'red', valid_from: String(second), valid_to: '9223372036854775807' },
    ]);
  });

  it('leave no trace of an event that cannot be folded', async () => {
    const engine = await world.started([boxes]);
    const first = await world.append('box-1', event(3));
    await engine.waitFor(await world.append('box-1', event(4, 'poison'), event(5, 'red')), soon);
    expect(engine.isParked('boxes', 'box-1')).toBe(true);
    expect(await world.rows('select amount, valid_from from read.boxes_history')).toEqual([{ amount: 3, valid_from: String(first) }]);
  });

  it('are those of every prefix of the log, live, after a restart and rebuilt alike', async () => {
    let engine = await world.started([boxes]);
    const expected: [Position, Map<number, Box>][] = [];
    let now = new Map<number, Box>();
    const amount = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 6, arbitrary: fc.integer({ min: 1, max: 9 }) });
    const change = fc.tuple(amount, fc.option(fc.constantFrom('red', 'blue', 'Äpfel\t\\'), { nil: undefined }));
    const append = fc.tuple(fc.constantFrom(1, 2, 3), fc.array(change, { minLength: 1, maxLength: 5 }));
    await fc.assert(
      fc.asyncProperty(fc.array(append, { minLength: 1, maxLength: 20 }), async (appends) => {
        let last = 0n;
        for (const [id, changes] of appends) {
          last = await world.append(`box-${id}`, ...changes.map(([added, note]) => event(added, note)));
          changes.forEach(([added, note], index) => {
            const before = now.get(id) ?? { label: 'new', amount: 0 };
            now = new Map(now);
            if (added === 0) now.delete(id);
            else now.set(id, { label: note ?? before.label, amount: before.amount + added });
            expected.push([last - BigInt(changes.length - 1 - index), now]);
          });
        }
        await engine.waitFor(last, soon);
        const live = await engine.digest('boxes');
        await world.stop(engine);
        engine = await world.started([boxes]);
        await engine.rebuild('boxes');
        expect(await engine.digest('boxes')).toEqual(live);
        for (const [position, rows] of expected) {
          const found = [...rows].sort(([one], [other]) => one - other).map(([id, row]) => ({ id: String(id), ...row }));
          expect(await boxesAt(position)).toEqual(found);
          expect(await labelsAt(position)).toEqual(found.map(({ id, label }) => ({ id, label })));
        }
      }),
      { numRuns: 5 },
    );
  });

  it('are built beside what a release without them has written, which is shown and written meanwhile', async () => {
    const before = await world.started([earlier]);
    const first = await world.append('box-1', event(3));
    await before.waitFor(first, soon);
    await world.stop(before);
    const engine = await world.started([boxes]);
    const last = await world.append('box-1', event(4));
    await engine.waitFor(last, soon);
    expect(await world.rows('select amount from read.boxes')).toEqual([{ amount: 7 }]);
    await eventually(async () => (await world.rows('select serving from app.projections'))[0]?.['serving'] === 'read_boxes_v1_1');
    expect(await boxesAt(first)).toEqual([{ id: '1', label: 'new', amount: 3 }]);
    expect(await boxesAt(last)).toEqual([{ id: '1', label: 'new', amount: 7 }]);
  });

  it('are walked and found by their indexes, however many versions a row has', async () => {
    const engine = await world.started([boxes]);
    await engine.waitFor(await world.append('box-1', ...Array.from({ length: 500 }, (_, index) => event(index + 1))), soon);
    const planOf = async (sql: string): Promise<string> => {
      const rows = await world.rows<Record<string, string>>(`explain (costs off) ${sql}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    await world.rows('analyze read_boxes_v1.boxes_history');
    const byId = 'select * from read.boxes_history where id = 1 and valid_to > 9 order by valid_to limit 1';
    const plan = await planOf(byId);
    expect(plan).toContain('Index Scan using boxes_history_pkey');
    expect(plan).toMatch(/Merge Append|Limit/);
    expect(
      await planOf('select sum(amount) from read.boxes_history where owner_id = 1 and valid_to > 490 and valid_from <= 490'),
    ).toContain('boxes_history_by_');
  });
});
