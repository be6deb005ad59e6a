import { DataSource } from 'typeorm';
import { runInContext, type CommandContext, type EventStore, type Stream } from '#millwright/event-sourcing';
import { Flag, Name, NestedList, References } from '#millwright/fields';
import { rowsOf, selectList } from '#millwright/lists';
import { recordedAs } from '#millwright/event-sourcing/testing';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { defineRecord } from './define-resource.js';
import { changeRecord, type RecordEvent, type RecordState } from './plain-decider.js';
import { plainRow } from './plain-projection.js';
import { Relations } from '../relations/relations.js';
import { PlainWriter } from './plain-writer.js';

class PumpFields {
  @Name({ required: true }) name!: string;
  @Flag({ initial: false }) is_preferred?: boolean | null;
  @Flag() is_leased?: boolean | null;
  @References('pump') pumps_ids?: number[] | null;
}

const pumps = defineRecord({ name: 'pump', plural: 'pumps', fields: PumpFields, description: 'A pump.', scope: 'customer' });

class StepFields {
  @Name({ required: true }) text!: string;
}
class RigFields {
  @Name({ required: true }) name!: string;
  @References('pump', { required: true }) pumps_ids!: number[];
  @NestedList(() => StepFields, { required: true }) steps!: StepFields[];
}

const rigs = defineRecord({ name: 'rig', plural: 'rigs', fields: RigFields, description: 'A rig.', scope: 'customer' });

describe('a field that is never null, in a plain record', () => {
  const fold = (...events: RecordEvent[]): RecordState =>
    recordedAs('pump-7', events).reduce((state, event) => pumps.stream.evolve(state, event), pumps.stream.initialState);

  const registeredWith = async (input: object): Promise<RecordEvent[]> => {
    const appended: RecordEvent[] = [];
    const events = {
      create(stream: Stream<RecordState, RecordEvent>, _: string, decide: (state: RecordState, id: number) => readonly RecordEvent[]) {
        appended.push(...decide(stream.initialState, 7));
        return Promise.resolve({ id: 7, state: fold(...appended), revision: 0, position: 1n });
      },
    } as unknown as EventStore;
    const none = undefined as never;
    const writer = new PlainWriter(
      events,
      { problems: () => Promise.resolve([]) } as never,
      none,
      none,
      none,
      none,
      new Relations(none, none, none, none, none),
    );
    await runInContext({ customerId: 1, entityId: null } as unknown as CommandContext, () => writer.register(pumps, input));
    return appended;
  };

  it.each([{ name: 'P1' }, { name: 'P1', is_preferred: null, is_leased: null, pumps_ids: null }])(
    'has what a new one begins with: %j',
    async (input) => expect(await registeredWith(input)).toEqual([{ type: 'PumpRegistered', data: { name: 'P1', isPreferred: false } }]),
  );

  describe('of a record that was registered before there was such a field', () => {
    const old = fold({ type: 'PumpRegistered', data: { name: 'P1' } });

    it('is there in its row, where others are null', () =>
      expect(plainRow(pumps.table, 7, old, 0)).toMatchObject({ is_preferred: false, is_leased: null, pumps_ids: null }));

    it('is changed by another value only', () => {
      expect(changeRecord(pumps, old, { is_preferred: false, is_leased: null })).toEqual([]);
      expect(changeRecord(pumps, old, { is_preferred: true })).toEqual([{ type: 'PumpChanged', data: { isPreferred: true } }]);
    });
  });

  describe('of a read model of an earlier release, which has no such column', () => {
    let database: TestDatabase;
    let source: DataSource;
    beforeAll(async () => {
      database = await createDatabase();
      source = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
    });
    afterAll(async () => {
      await source.destroy();
      await database.drop();
    });

    const readWithout = async ({ table, view }: typeof pumps | typeof rigs): Promise<object[]> => {
      const lacking = Object.entries(table.columns).map(([name, type]) => `null::${type} AS "${name}"`);
      await source.query(`CREATE SCHEMA IF NOT EXISTS read; CREATE VIEW read.${table.name} AS SELECT ${lacking.join(', ')}`);
      return source.query<object[]>(`SELECT ${selectList(view)} FROM ${rowsOf(view)}`);
    };

    it('is there in what is read', async () =>
      expect(await readWithout(pumps)).toMatchObject([{ is_preferred: false, is_leased: null, pumps_ids: null }]));

    it('is an empty list there where it is a list', async () =>
      expect(await readWithout(rigs)).toMatchObject([{ pumps_ids: [], steps: [] }]));
  });
});
