import { randomUUID } from 'node:crypto';
import { LogUnavailable, UnknownOutcome, type EventLog } from '../event-log.js';
import { commandContext, countOne, counting } from './counting.js';
import { carrying, idsOf, newCategory, newStream, proposed, streamOf, type Faults, type LogUnderTest } from './log-under-test.js';
import { storeOn } from './runner.js';
import { eventsOf, isEvent, take } from './subscriptions.js';

/** Milliseconds; long enough for an adapter to notice, reconnect and ask again on a loaded machine. */
const patienceMs = 25_000;
const inTime = (): { deadline: number } => ({ deadline: Date.now() + patienceMs });

export function describeFaults(world: () => LogUnderTest): void {
  describe('when the connection fails', () => {
    let direct: EventLog;
    let log: EventLog;
    let faults: Faults;
    beforeAll(() => {
      direct = world().open();
    });
    afterAll(() => direct.close());
    beforeEach(async () => {
      ({ log, faults } = await world().openBehindFaults());
      await log.append({ stream: newStream(), expected: 'any', events: [proposed()] });
    });
    afterEach(async () => {
      faults.pass();
      await log.close();
      await faults.close();
    });

    it('appends once when the connection is cut before the request arrives', async () => {
      const stream = newStream();
      const event = proposed();
      const cut = faults.cutBeforeRequest(carrying(event));
      const appended = log.append({ stream, expected: 'no stream', events: [event] }, inTime());
      await cut;
      expect(await appended).toMatchObject({ revision: 0 });
      expect(idsOf(await streamOf(direct, stream))).toEqual([event.id]);
    });

    it('appends once when the connection is cut after COMMIT and before its reply', async () => {
      const stream = newStream();
      const event = proposed();
      const cut = faults.cutBeforeReply(carrying(event));
      const appended = log.append({ stream, expected: 'no stream', events: [event] }, inTime());
      await cut;
      expect(await appended).toMatchObject({ revision: 0 });
      expect(idsOf(await streamOf(direct, stream))).toEqual([event.id]);
    });

    it('still refuses a wrong revision when the connection was cut meanwhile', async () => {
      const stream = newStream();
      await direct.append({ stream, expected: 'no stream', events: [proposed()] });
      const event = proposed();
      const cut = faults.cutBeforeReply(carrying(event));
      const appended = log.append({ stream, expected: 'no stream', events: [event] }, inTime());
      const refused = expect(appended).rejects.toThrow('expected revision');
      await cut;
      await refused;
      expect(await streamOf(direct, stream)).toHaveLength(1);
    });

    it('says at the deadline that the outcome is unknown when nothing comes back; the same append may be asked again', async () => {
      const stream = newStream();
      const request = { stream, expected: 'no stream' as const, events: [proposed()] };
      faults.blackHole();
      await expect(log.append(request, { deadline: Date.now() + 500 })).rejects.toThrow(UnknownOutcome);
      faults.refuse();
      faults.pass();
      expect(await log.append(request, inTime())).toMatchObject({ revision: 0 });
      expect(await streamOf(direct, stream)).toHaveLength(1);
    });

    it('says at the deadline that the server cannot be reached, and recovers by itself', async () => {
      faults.refuse();
      const stream = newStream();
      const failed = await log
        .append({ stream, expected: 'any', events: [proposed()] }, { deadline: Date.now() + 500 })
        .catch((error: unknown) => error);
      expect(failed instanceof LogUnavailable || failed instanceof UnknownOutcome).toBe(true);
      faults.pass();
      expect(await log.append({ stream: newStream(), expected: 'any', events: [proposed()] }, inTime())).toMatchObject({ revision: 0 });
    });

    it('decides a command once, whenever the connection is cut', async () => {
      const id = randomUUID();
      const store = storeOn(log);
      for (const [index, where] of (['cutBeforeRequest', 'cutBeforeReply', 'cutBeforeReply'] as const).entries()) {
        const eventId = randomUUID();
        const cut = faults[where](carrying(proposed({}, eventId)));
        const outcome = store.execute(counting, id, countOne(where), { context: commandContext(), eventId: () => eventId });
        await cut;
        expect(await outcome).toMatchObject({ state: { count: index + 1 }, revision: index });
      }
      expect(await streamOf(direct, `counting-${id}`)).toHaveLength(3);
    });

    it('goes on with a subscription where it was, across a restart', async () => {
      const category = newCategory();
      const start = await direct.head();
      const append = async (): Promise<string> => {
        const event = proposed();
        await direct.append({ stream: newStream(category), expected: 'no stream', events: [event] }, inTime());
        return event.id;
      };
      const expected = [await append(), await append()];
      const stop = new AbortController();
      const items = log.subscribeAll(start, { categories: [category], signal: stop.signal });
      const last = proposed();
      const seen = take(items, isEvent(last.id));
      for (let round = 0; round < 3; round += 1) {
        faults.refuse();
        expected.push(await append());
        await world().restart?.();
        faults.pass();
        expected.push(await append());
      }
      await direct.append({ stream: newStream(category), expected: 'no stream', events: [last] }, inTime());
      expect(idsOf(eventsOf(await seen))).toEqual([...expected, last.id]);
      stop.abort();
    });
  });
}
