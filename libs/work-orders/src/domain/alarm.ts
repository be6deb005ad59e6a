import { Map as PersistentMap } from 'immutable';
import type { SnapshotFormat, Stream } from '#millwright/event-sourcing/decider';
import type { AlarmEvent, AlarmRaised, AlarmRepeated } from './alarm.events.js';
import type { WorkOrder } from './work-order.state.js';

/**
 * An alarm of a machine: the work order that was opened for it last, null before the first, whether that begins closed, and how often it came while each was
 * open.
 */
export type Alarm = Readonly<{ workOrderId: number | null; beginsClosed: boolean; counts: PersistentMap<number, number> }>;

type Kept = Omit<Alarm, 'counts'> & Readonly<{ counts: readonly (readonly [number, number])[] }>;

/** A machine that is not repaired goes on: its stream is long. */
const snapshots: SnapshotFormat<Alarm> = {
  version: 2,
  everyEvents: 500,
  *pagesOf({ counts, ...alarm }) {
    yield ['alarm', { ...alarm, counts: [...counts.entries()] } satisfies Kept];
  },
  stateOf(pages) {
    const { counts, ...alarm } = pages.get('alarm') as Kept;
    return { ...alarm, counts: PersistentMap(counts) };
  },
};

export const alarm: Stream<Alarm, AlarmEvent> = {
  category: 'alarm',
  initialState: { workOrderId: null, beginsClosed: false, counts: PersistentMap() },
  snapshots,
  evolve({ counts, ...alarm }, { type, data }) {
    switch (type) {
      case 'AlarmRaised':
        return { workOrderId: data.workOrderId, beginsClosed: beginsClosed(data), counts: counts.set(data.workOrderId, 1) };
      case 'AlarmRepeated':
        return { ...alarm, counts: counts.set(data.workOrderId, data.alarmCount) };
    }
  },
};

/** Whether an order is completed or cancelled as it is opened, as `openWorkOrder` has it: a status decides. */
const beginsClosed = ({ status, completedAt }: AlarmRaised['data']): boolean =>
  status === null ? completedAt !== null : status.kind !== 'open';

/** No work order is open for it: one is opened. */
export const raiseAlarm = (_alarm: Alarm, data: AlarmRaised['data']): AlarmEvent[] => [{ type: 'AlarmRaised', data }];

export type RepeatAlarm = Omit<AlarmRepeated['data'], 'alarmCount'>;

/** It comes again while a work order of it is open. */
export const repeatAlarm = ({ counts }: Alarm, repeated: RepeatAlarm): AlarmEvent[] => [
  { type: 'AlarmRepeated', data: { ...repeated, alarmCount: (counts.get(repeated.workOrderId) ?? 0) + 1 } },
];

/** Whether repeats go to an order of the alarm: it is open, or about to be opened and not closed with that (S42). */
export const takesRepeats = (alarm: Pick<Alarm, 'beginsClosed'>, { workOrderId, phase, archived }: WorkOrder): boolean =>
  workOrderId === null ? !alarm.beginsClosed : !archived && (phase === 'open' || phase === 'completing');
