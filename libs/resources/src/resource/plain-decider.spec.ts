import type { RecordedEvent } from '#millwright/event-sourcing';
import { Rejection } from '#millwright/event-sourcing';
import {
  archiveRecord,
  changeRecord,
  eraseRecord,
  markRecord,
  recordStream,
  registerRecord,
  unarchiveRecord,
  type RecordEvent,
  type RecordKind,
  type RecordState,
} from './plain-decider.js';

const room: RecordKind = { root: 'room', typeName: 'Room', rules: {}, children: [] };
const stream = recordStream('Room', 'room');
const fold = (...events: RecordEvent[]): RecordState => events.reduce((state, event) => stream.evolve(state, event), stream.initialState);
const registered: RecordEvent = { type: 'RoomRegistered', data: { name: 'Hall', floorId: 2, tagsIds: [1] } };

describe('a record', () => {
  it('is registered with the fields that were given', () => {
    expect(registerRecord(room, { name: 'Hall', floor_id: 2, note: null })).toEqual([
      { type: 'RoomRegistered', data: { name: 'Hall', floorId: 2 } },
    ]);
    expect(fold(registered)).toMatchObject({ registered: true, archived: false, values: { name: 'Hall', floor_id: 2 } });
  });

  it('says what changed and nothing else', () => {
    const wanted = { name: 'Hall', floor_id: null, note: 'cold', colour: null, tags_ids: [1] };
    expect(changeRecord(room, fold(registered), wanted)).toEqual([{ type: 'RoomChanged', data: { floorId: null, note: 'cold' } }]);
  });

  it('does nothing where nothing differs', () => {
    expect(changeRecord(room, fold(registered), { name: 'Hall', tags_ids: [1], others_ids: [] })).toEqual([]);
  });

  it('keeps what a change does not name', () => {
    expect(fold(registered, { type: 'RoomChanged', data: { floorId: null } }).values).toEqual({
      name: 'Hall',
      floor_id: null,
      tags_ids: [1],
    });
  });

  it('is archived and brought back once', () => {
    const archived = fold(registered, { type: 'RoomArchived', data: {} });
    expect(archiveRecord('Room', {}, fold(registered), 7)).toEqual([{ type: 'RoomArchived', data: {} }]);
    expect(archiveRecord('Room', {}, archived, 7)).toEqual([]);
    expect(unarchiveRecord('Room', archived)).toEqual([{ type: 'RoomUnarchived', data: {} }]);
    expect(unarchiveRecord('Room', fold(registered))).toEqual([]);
  });

  it('is not changed while it is archived, not even by nothing new', () => {
    const archived = fold(registered, { type: 'RoomArchived', data: {} });
    for (const wanted of [{ name: 'Office' }, { name: 'Hall' }, {}])
      expect(() => changeRecord(room, archived, wanted)).toThrow('The room is archived; bring it back first.');
  });

  it('tells its rules which one is to be archived', () => {
    const archive = (_: RecordState, id: number): void => {
      if (id === 1) throw new Rejection('CONFLICT', 'not the first');
    };
    expect(() => archiveRecord('Room', { archive }, fold(registered), 1)).toThrow('not the first');
    expect(archiveRecord('Room', { archive }, fold(registered), 2)).toHaveLength(1);
  });

  it('asks the rules of its kind', () => {
    const refuse = (): never => {
      throw new Rejection('CONFLICT', 'no');
    };
    expect(() => registerRecord({ ...room, rules: { register: refuse } }, { name: 'x' })).toThrow('no');
    expect(() => changeRecord({ ...room, rules: { change: refuse } }, fold(registered), { name: 'y' })).toThrow('no');
    expect(changeRecord({ ...room, rules: { change: refuse } }, fold(registered), { name: 'Hall' })).toEqual([]);
    expect(() => archiveRecord('Room', { archive: refuse }, fold(registered), 7)).toThrow('no');
  });

  it('remembers who and when', () => {
    const metadata = { recorded_at: '2026-01-01T00:00:00.000Z', actor: { kind: 'user', id: '7' }, customer_id: 1, entity_id: 2 };
    const state = stream.evolve(stream.initialState, { ...registered, metadata } as unknown as RecordedEvent<RecordEvent>);
    expect(state.history).toMatchObject({ customerId: 1, entityId: 2, created: { at: '2026-01-01T00:00:00.000Z', by: { id: '7' } } });
  });

  it('is erased once: another version stands in place of what was personal, and it is put away', () => {
    const erasure = { storedAs: 'v2', reasonId: 'r', reasonSha256: 'd' };
    const [erased, ...others] = eraseRecord('Room', fold(registered), erasure);
    if (!erased) throw new Error('nothing was erased');
    expect([erased, others]).toEqual([{ type: 'RoomErased', data: erasure }, []]);
    const after = fold(registered, erased);
    expect(after).toMatchObject({
      archived: true,
      erased: { reasonId: 'r', reasonSha256: 'd' },
      values: { name: 'Hall', stored_as: 'v2' },
    });
    expect(after.values).not.toHaveProperty('reason_id');
    expect(() => eraseRecord('Room', after, erasure)).toThrow(expect.objectContaining({ code: 'ALREADY_ERASED' }));
  });

  it('notes a thing once, which is no change of it', () => {
    const marking = recordStream('Room', 'room', { marks: ['Measured'] });
    const before = marking.evolve(marking.initialState, registered);
    const [noted, ...others] = markRecord('Room', 'Measured', before);
    if (!noted) throw new Error('nothing was noted');
    expect([noted, others]).toEqual([{ type: 'RoomMeasured', data: {} }, []]);
    const after = marking.evolve(before, noted);
    expect(after).toEqual({ ...before, marks: ['Measured'] });
    expect(markRecord('Room', 'Measured', after)).toEqual([]);
  });

  it('does not fold an event it does not know', () => {
    expect(() => fold({ type: 'RoomPainted', data: {} })).toThrow('RoomPainted');
  });
});
