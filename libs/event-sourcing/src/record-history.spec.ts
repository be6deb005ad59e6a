import { stampOf, type Stream } from './decider.js';
import type { Event } from './event.js';
import { recordedAs } from './testing/index.js';

type Read = Event<'MeterRead', { reading: string }>;

const meter: Stream<{ readAt: string | null }, Read> = {
  category: 'meter',
  initialState: { readAt: null },
  evolve: (_, event) => ({ readAt: stampOf(event)?.at ?? null }),
};
const read: Read = { type: 'MeterRead', data: { reading: '7' } };

describe('the stamp of an event', () => {
  it('says when and by whom it was recorded, so that a state can have its time from the log', () => {
    const recorded = recordedAs('meter-1', [read, read]);
    expect(recorded.map(stampOf)).toEqual([
      { at: '2026-01-31T12:00:00.000Z', by: { kind: 'user', id: '1' } },
      { at: '2026-01-31T12:00:01.000Z', by: { kind: 'process_manager', id: 'spec' } },
    ]);
    expect(recorded.reduce(meter.evolve, meter.initialState)).toEqual({ readAt: '2026-01-31T12:00:01.000Z' });
  });

  it('is missing where an event was decided and not recorded yet', () => {
    expect(meter.evolve(meter.initialState, read)).toEqual({ readAt: null });
  });
});
