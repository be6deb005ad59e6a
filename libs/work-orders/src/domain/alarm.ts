import { Map as PersistentMap } from 'immutable';
import type { SnapshotFormat, Stream } from '#millwright/event-sourcing/decider';
import type { AlarmEvent, AlarmRaised, AlarmRepeated } from './alarm.events.js';
import type { WorkOrder } from './work-order.state.js';

/** An alarm of a machine: the work order that was opened for it last, null before the first, and how often it came while each was open. */
export type Alarm = Readonly<{ workOrderId: number | null; counts: PersistentMap<number, number> }>;

type Kept = Readonly<{ workOrderId: number | null; counts: readonly (readonly [number, number])[] }>;

/** A machine that is not repaired goes on: its stream is long. */
const snapshots: SnapshotFormat<Alarm> = {
  version: 1,
  everyEvents: 500,
  *pagesOf({ workOrderId, counts }) {
    yield ['alarm', { workOrderId, counts: [...counts.entries()] } satisfies Kept];
  },
  stateOf(pages) {
    const { workOrderId, counts } = pages.get('alarm') as Kept;
    return { workOrderId, counts: PersistentMap(counts) };
  },
};

export const alarm: Stream<Alarm, AlarmEvent> = {
  category: 'alarm',
  initialState: { workOrderId: null, counts: PersistentMap() },
  snapshots,
  evolve({ workOrderId, counts }, { type, data }) {
    switch (type) {
      case 'AlarmRaised':
        return { workOrderId: data.workOrderId, counts: counts.set(data.workOrderId, 1) };
      case 'AlarmRepeated':
        return { workOrderId, counts: counts.set(data.workOrderId, data.alarmCount) };
    }
  },
};

/** No work order is open for it: one is opened. */
export const raiseAlarm = (_alarm: Alarm, data: AlarmRaised['data']): AlarmEvent[] => [{ type: 'AlarmRaised', data }];

export type RepeatAlarm = Omit<AlarmRepeated['data'], 'alarmCount'>;

/** It comes again while a work order of it is open. */
export const repeatAlarm = ({ counts }: Alarm, repeated: RepeatAlarm): AlarmEvent[] => [
  { type: 'AlarmRepeated', data: { ...repeated, alarmCount: (counts.get(repeated.workOrderId) ?? 0) + 1 } },
];

/** Whether repeats go to that order: it is open, or about to be opened (S42). */
export const takesRepeats = ({ workOrderId, phase, archived }: WorkOrder): boolean =>
  workOrderId === null || (!archived && (phase === 'open' || phase === 'completing'));
