import { randomUUID } from 'node:crypto';
import type { EventLog } from '../event-log.js';
import { EventStore } from '../event-store.js';
import { commandContext, countOne, counting } from './counting.js';
import { streamOf, type LogUnderTest } from './log-under-test.js';

/** The suite asks for no ids from sequences. */
const noSequences = { next: () => Promise.reject(new Error('no sequences here')) };

export const storeOn = (log: EventLog): EventStore => new EventStore(log, noSequences);

export function describeRunner(world: () => LogUnderTest): void {
  describe('many commands on one hot stream', () => {
    let logs: EventLog[];
    beforeAll(() => {
      logs = [world().open(), world().open()];
    });
    afterAll(() => Promise.all(logs.map((log) => log.close())));

    it('are all decided once, on the state the one before has left, from two clients', async () => {
      const id = randomUUID();
      const outcomes = await Promise.all(
        logs.flatMap((log, client) => {
          const store = storeOn(log);
          return Array.from({ length: 60 }, (_, n) =>
            store.execute(counting, id, countOne(`${client} ${n}`), { context: commandContext() }),
          );
        }),
      );
      expect(new Set(outcomes.map(({ state }) => state.count)).size).toBe(120);
      for (const { state, revision, events } of outcomes) {
        expect(state.count).toBe(revision + 1);
        expect(events).toHaveLength(1);
      }
      const [log] = logs;
      if (!log) throw new Error('no log');
      const stored = await streamOf(log, `counting-${id}`);
      expect(stored.map(({ data }) => (data as { countAfter: number }).countAfter)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
      const positions = new Map(stored.map((event) => [event.id, event.position]));
      for (const { events, position } of outcomes) expect(positions.get(events[0]?.id ?? '')).toBe(position);
    });
  });
}
