import { goneChildren, type StateAt } from './personal-states.js';
import { recordStream, type RecordEvent } from './plain-decider.js';

const stream = recordStream('Vendor', 'vendor', { children: ['vendor_contacts'] });
const personal = { columns: new Set<string>(), ofChildren: new Map([['vendor_contacts', new Set(['name'])]]) };

/** The states of a vendor after each of its events, the first of which registers it. */
function statesAfter(...changes: readonly object[]): StateAt[] {
  let state = stream.initialState;
  return changes.map((vendorContacts, revision) => {
    const event: RecordEvent = { type: revision === 0 ? 'VendorRegistered' : 'VendorChanged', data: { vendorContacts } };
    state = stream.evolve(state, event);
    return { state, revision };
  });
}

const goneFrom = (before: StateAt | undefined, after: StateAt | undefined): string[] => {
  if (!before || !after) throw new Error('there is no such state');
  return goneChildren(personal, before, after).map(([list, id]) => `${list} ${id}`);
};

describe('the children whose personal values are to vanish', () => {
  it('are those that a change took away', () => {
    const [before, after] = statesAfter({ added: [{ id: 7 }, { id: 9 }] }, { removed: [7] });
    expect(goneFrom(before, after)).toEqual(['vendor_contacts 7']);
    expect(goneFrom(after, after)).toEqual([]);
  });

  it('are none that came after what was found done, though a lower id was drawn for them', () => {
    const [, found, , latest] = statesAfter({ added: [{ id: 9 }] }, { added: [{ id: 12 }] }, { removed: [9] }, { added: [{ id: 4 }] });
    expect(goneFrom(latest, found)).toEqual([]);
  });

  it('are also those whose id is higher than any that stays', () => {
    const [before, after] = statesAfter({ added: [{ id: 3 }, { id: 40 }] }, { removed: [40], added: [{ id: 5 }] });
    expect(goneFrom(before, after)).toEqual(['vendor_contacts 40']);
  });

  it('are, between any two places of any history, those that were there and have been taken away by then', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { changes, removedAt } = history(seed);
      const states = statesAfter(...changes);
      for (const before of states)
        for (const after of states) {
          const there = (before.state.values['vendor_contacts' as never] as readonly { id: number }[]).map(({ id }) => id);
          const taken = there.filter((id) => (removedAt.get(id) ?? Infinity) <= after.revision);
          expect([seed, before.revision, after.revision, goneFrom(before, after)]).toEqual([
            seed,
            before.revision,
            after.revision,
            taken.map((id) => `vendor_contacts ${id}`),
          ]);
        }
    }
  });
});

/** Eight changes of contacts whose ids were drawn in another order than they were appended in, with gaps; the same for the same seed. */
function history(seed: number): Readonly<{ changes: object[]; removedAt: ReadonlyMap<number, number> }> {
  let last = seed;
  const below = (limit: number): number => (last = (last * 48_271) % 2_147_483_647) % limit;
  const drawn = Array.from({ length: 30 }, (_, place) => 3 * place + 1).sort(() => below(2) - 0.5);
  const there: number[] = [];
  const removedAt = new Map<number, number>();
  const changes = Array.from({ length: 8 }, (_, revision) => {
    const removed = there.splice(0, revision === 0 ? 0 : below(there.length + 1));
    for (const id of removed) removedAt.set(id, revision);
    const added = drawn.splice(0, below(3)).map((id) => ({ id }));
    there.push(...added.map(({ id }) => id));
    return { ...(added.length > 0 && { added }), removed };
  });
  return { changes, removedAt };
}
