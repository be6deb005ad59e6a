import { changeRecord, recordStream, registerRecord, type RecordEvent, type RecordKind, type RecordState } from './plain-decider.js';
import { linkRecord, pairIn } from './relation-links.js';
import type { Pair, WantedRelation } from './relation-statements.js';

const kind: RecordKind = { root: 'room', typeName: 'Room', rules: {}, children: [], ownedElsewhere: ['lamps_ids'] };
const stream = recordStream('Room', 'room', { ownedElsewhere: ['lamps_ids'] });

/** The state after events, each with the revision that the log would give it. */
const after = (...events: readonly RecordEvent[]): RecordState =>
  events.reduce<RecordState>((state, event, revision) => stream.evolve(state, { ...event, revision } as RecordEvent), stream.initialState);

const wanted = (ids: readonly number[], pairs: Readonly<Record<number, Pair>> = {}): { lamps_ids: WantedRelation } => ({
  lamps_ids: { site: null, ids, pairs: new Map(Object.entries(pairs).map(([id, pair]) => [Number(id), pair])) },
});
const linked = (heard = -1): Pair => ({ linked: true, heard });
const apart = (heard = -1): Pair => ({ linked: false, heard });
const registered: RecordEvent = { type: 'RoomRegistered', data: { name: 'Hall' } };
const named = (data: object): RecordEvent => ({ type: 'RoomChanged', data: { ...data } });

describe('a relation that the other side owns', () => {
  it('is named whole by a new record', () =>
    expect(registerRecord(kind, { name: 'Hall', ...wanted([3, 5]) })).toEqual([
      { type: 'RoomRegistered', data: { name: 'Hall', lampsWanted: [3, 5] } },
    ]));

  it('is changed by naming who is wanted and who is dropped, as the others see it', () =>
    expect(changeRecord(kind, after(registered), wanted([3, 5], { 3: linked(), 4: linked(), 5: apart() }))).toEqual([
      { type: 'RoomChanged', data: { lampsWanted: [5], lampsDropped: [4] } },
    ]));

  it('does not change where all is so already', () =>
    expect(changeRecord(kind, after(registered), wanted([3], { 3: linked(), 4: apart() }))).toEqual([]));

  it('counts what the record has said and the other has not heard yet', () => {
    const state = after(registered, named({ lampsWanted: [3], lampsDropped: [4] }));
    expect(changeRecord(kind, state, wanted([4], { 3: apart(), 4: linked() }))).toEqual([
      { type: 'RoomChanged', data: { lampsWanted: [4], lampsDropped: [3] } },
    ]);
    expect(changeRecord(kind, state, wanted([3], { 3: apart(0), 4: linked() }))).toEqual([]);
  });

  it('is as the other says once it has heard, whatever it did since', () =>
    expect(changeRecord(kind, after(registered, named({ lampsWanted: [3] })), wanted([3], { 3: apart(1) }))).toEqual([
      { type: 'RoomChanged', data: { lampsWanted: [3] } },
    ]));

  it('leaves alone what was said at another site', () => {
    const metadata = { entity_id: 2 };
    const elsewhere = { ...named({ lampsWanted: [3] }), metadata } as RecordEvent;
    expect(changeRecord(kind, after(registered, elsewhere), wanted([]))).toEqual([]);
  });

  it('forgets of a list of earlier releases what it says anew', () =>
    expect(after(registered, named({ lampsIds: [3, 4] }), named({ lampsDropped: [3] })).values).toMatchObject({ lamps_ids: [4] }));
});

describe('a relation that is kept by this side', () => {
  const lamps = recordStream('Lamp', 'lamp');
  const lamp = (...events: readonly RecordEvent[]): RecordState => events.reduce(lamps.evolve, lamps.initialState);
  const said = (id: number, revision: number, is: boolean) => ({ id, revision, wanted: is });
  const link = (state: RecordState, id: number, revision: number, is = true): RecordEvent[] =>
    linkRecord('Lamp', 'Room', state, said(id, revision, is));

  it('takes up what the other says, and carries its revision as the fence', () => {
    const events = link(lamp(), 7, 4);
    expect(events).toEqual([{ type: 'LampRoomLinked', data: { roomId: 7, roomRevision: 4 } }]);
    expect(pairIn(lamp(...events), 'rooms_ids', 7)).toEqual({ linked: true, heard: 4 });
  });

  it('lets no late or repeated word through', () => {
    const state = lamp(...link(lamp(), 7, 4), ...link(lamp(), 7, 6, false));
    expect(pairIn(state, 'rooms_ids', 7)).toEqual({ linked: false, heard: 6 });
    expect([link(state, 7, 4), link(state, 7, 6), link(state, 8, 0)]).toEqual([
      [],
      [],
      [expect.objectContaining({ type: 'LampRoomLinked' })],
    ]);
  });

  it('has each of the others once', () => {
    const state = lamp(...link(lamp(), 7, 1), ...link(lamp(), 7, 2));
    expect(state.values['rooms_ids']).toEqual([7]);
  });
});
