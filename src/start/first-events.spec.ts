import { Rejection, type ProjectionEngine } from '#millwright/event-sourcing';
import type { BuiltInRecords } from '#millwright/resources';
import { FirstEvents } from './first-events.js';

/** Answers the n-th question (from 1) as it is told. */
function firstEventsOn(answer: (question: number) => bigint): { events: FirstEvents; asked: () => number } {
  let questions = 0;
  const records = { record: async () => answer(++questions) } as unknown as BuiltInRecords;
  const projections = { reaches: async () => true } as unknown as ProjectionEngine;
  return { events: new FirstEvents(records, projections), asked: () => questions };
}

const unavailable = (): never => {
  throw new Rejection('UNAVAILABLE', 'The records cannot be read right now.');
};

describe('the first events of an installation', () => {
  it('wait for a log that does not answer at once', async () => {
    const all = firstEventsOn(() => 0n);
    await all.events.record();
    const late = firstEventsOn((question) => (question <= 2 ? unavailable() : 0n));
    await late.events.record();
    expect(late.asked()).toBe(all.asked() + 2);
  });

  it('do not wait where something else is wrong', async () => {
    const { events, asked } = firstEventsOn(() => {
      throw new Error('broken');
    });
    await expect(events.record()).rejects.toThrow('broken');
    expect(asked()).toBe(1);
  });
});
