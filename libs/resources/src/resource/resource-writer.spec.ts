import { runInContext, type CommandContext, type Event } from '#millwright/event-sourcing';
import { changedFields, type Stream } from '#millwright/event-sourcing/decider';
import { Flag, Name, References, Text } from '#millwright/fields';
import type { DecidedResource, ResourceState } from './resource-definition.js';
import { resourceFields } from './resource-fields.js';
import { ResourceWriter } from './resource-writer.js';

class CrateFields {
  @Name({ required: true }) name!: string;
  @Text() maker?: string | null;
  @Flag({ initial: false }) is_fragile?: boolean | null;
  @References('crate') crates_ids?: number[] | null;
}

const by = { kind: 'user', id: '1' } as const;
const history = { customerId: 1, entityId: 2, created: { at: '', by }, updated: { at: '', by } };

describe('a change of a resource that was made before fields were added', () => {
  const state = { details: { name: 'Crate', externalReference: null }, history } as ResourceState;
  const stream: Stream<ResourceState, Event> = { category: 'crate', initialState: state, evolve: () => state };
  const fields = resourceFields({ name: 'crate', fields: CrateFields });
  const crates = { name: 'crate', stream, fields, list: {}, rowOf: () => ({}) } as unknown as DecidedResource<ResourceState, Event>;

  /** What a decider finds changed. */
  async function changedBy(input: object): Promise<object> {
    let changed = {};
    const events = {
      load: () => Promise.resolve({ state, revision: 0 }),
      execute(_: unknown, id: number, decide: (state: ResourceState) => unknown) {
        decide(state);
        return Promise.resolve({ state, id, revision: 0, position: 0n });
      },
    };
    const writer = new ResourceWriter(events as never, { problems: () => Promise.resolve([]) } as never, undefined as never);
    await runInContext({ customerId: 1, entityId: 2 } as CommandContext, () =>
      writer.update(crates, 7, input, ({ details }, changes) => {
        changed = changedFields(details, changes);
        return [];
      }),
    );
    return changed;
  }

  it.each([{ maker: null }, { is_fragile: null }, { is_fragile: false }, { crates_ids: [] }, { crates_ids: null }])(
    'is none where it says what a new one begins with: %j',
    async (input) => expect(await changedBy(input)).toEqual({}),
  );

  it('is what differs from that', async () =>
    expect(await changedBy({ name: 'Crate', maker: 'Acme', is_fragile: true, crates_ids: [8] })).toEqual({
      maker: 'Acme',
      isFragile: true,
      cratesIds: [8],
    }));
});
