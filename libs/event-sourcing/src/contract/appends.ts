import { randomUUID } from 'node:crypto';
import { canonicalText } from '../canonical.js';
import { WrongExpectedRevision, type EventLog } from '../event-log.js';
import { allAfter, idsOf, newStream, proposed, streamOf, type LogUnderTest } from './log-under-test.js';

export function describeAppends(world: () => LogUnderTest): void {
  describe('appending', () => {
    let log: EventLog;
    beforeAll(() => {
      log = world().open();
    });
    afterAll(() => log.close());

    it('starts a stream at revision 0 and counts on', async () => {
      const stream = newStream();
      expect(await log.append({ stream, expected: 'no stream', events: [proposed(), proposed()] })).toMatchObject({
        revision: 1,
        duplicate: false,
      });
      expect(await log.append({ stream, expected: 1, events: [proposed()] })).toMatchObject({ revision: 2, duplicate: false });
      expect(await log.append({ stream, expected: 'any', events: [proposed()] })).toMatchObject({ revision: 3, duplicate: false });
      expect((await streamOf(log, stream)).map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
    });

    it('accepts any revision also where there is no stream', async () => {
      expect(await log.append({ stream: newStream(), expected: 'any', events: [proposed()] })).toMatchObject({ revision: 0 });
    });

    it.each([['no stream'], [0], [5]] as const)('refuses %p when the stream is at revision 1, and adds nothing', async (expected) => {
      const stream = newStream();
      const events = [proposed(), proposed()];
      await log.append({ stream, expected: 'no stream', events });
      await expect(log.append({ stream, expected, events: [proposed()] })).rejects.toThrow(WrongExpectedRevision);
      expect(idsOf(await streamOf(log, stream))).toEqual(idsOf(events));
    });

    it('refuses a revision where there is no stream', async () => {
      const stream = newStream();
      await expect(log.append({ stream, expected: 0, events: [proposed()] })).rejects.toThrow(WrongExpectedRevision);
      expect(await log.readStream(stream)).toEqual([]);
    });

    it('lets exactly one of many writers win each revision', async () => {
      const stream = newStream();
      for (let revision = -1; revision < 4; revision += 1) {
        const expected = revision < 0 ? ('no stream' as const) : revision;
        const tries = Array.from({ length: 16 }, () => log.append({ stream, expected, events: [proposed()] }));
        const outcomes = await Promise.allSettled(tries);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      }
      expect(await streamOf(log, stream)).toHaveLength(5);
    });

    it('does not let a loser fail those who append beside it', async () => {
      const taken = newStream();
      await log.append({ stream: taken, expected: 'no stream', events: [proposed()] });
      const winners = Array.from({ length: 20 }, () => log.append({ stream: newStream(), expected: 'no stream', events: [proposed()] }));
      const loser = log.append({ stream: taken, expected: 'no stream', events: [proposed()] });
      await expect(loser).rejects.toThrow(WrongExpectedRevision);
      for (const { revision } of await Promise.all(winners)) expect(revision).toBe(0);
    });

    it.each([['no stream'], [0], ['any']] as const)(
      'knows an append by its event ids and does not add it twice (expecting %p)',
      async (expected) => {
        const stream = newStream();
        if (expected === 0) await log.append({ stream, expected: 'no stream', events: [proposed()] });
        const request = { stream, expected, events: [proposed({ n: 1 }), proposed({ n: 2 })] };
        const first = await log.append(request);
        const before = await streamOf(log, stream);
        const again = await log.append(request);
        expect(again).toMatchObject({ revision: first.revision, position: first.position, duplicate: true });
        expect(await streamOf(log, stream)).toEqual(before);
      },
    );

    it('knows a repeated append also after others have gone on', async () => {
      const stream = newStream();
      const request = { stream, expected: 'no stream' as const, events: [proposed()] };
      const first = await log.append(request);
      await log.append({ stream, expected: 0, events: [proposed()] });
      expect(await log.append(request)).toMatchObject({ revision: 0, position: first.position, duplicate: true });
    });

    it('keeps an event exactly as it was', async () => {
      const stream = newStream();
      const event = proposed({
        text: 'Größe "M" \\ \u0000 \u2028 \u{1f529} \u001f',
        deep: [{ decimal: '12.50', none: null, yes: true, number: 1e21 }],
        empty: {},
      });
      const { position } = await log.append({ stream, expected: 'no stream', events: [event] });
      const [stored] = await log.readStream(stream);
      expect(stored).toEqual({ ...event, stream, revision: 0, position });
      if (!stored) throw new Error('nothing was stored');
      expect(canonicalText(stored)).toBe(canonicalText({ ...event, stream, revision: 0 }));
    });
  });

  describe('reading', () => {
    let log: EventLog;
    beforeAll(() => {
      log = world().open();
    });
    afterAll(() => log.close());

    it('finds nothing in a stream that does not exist', async () => expect(await log.readStream(newStream())).toEqual([]));

    it('reads a part of a stream', async () => {
      const stream = newStream();
      const events = Array.from({ length: 10 }, (_, n) => proposed({ n }));
      await log.append({ stream, expected: 'no stream', events });
      expect(idsOf(await log.readStream(stream, 3, 4))).toEqual(idsOf(events.slice(3, 7)));
      expect(await log.readStream(stream, 10)).toEqual([]);
    });

    it('reads the whole log in its order, page by page, after a position', async () => {
      const start = await log.head();
      const streams = Array.from({ length: 5 }, () => newStream());
      const order: string[] = [];
      for (let n = 0; n < 30; n += 1) {
        const event = proposed({ n });
        await log.append({ stream: streams[n % 5] ?? newStream(), expected: 'any', events: [event] });
        order.push(event.id);
      }
      const read = await allAfter(log, start, new Set(order));
      expect(idsOf(read)).toEqual(order);
      read.forEach(({ position }, index) => expect(position > (read[index - 1]?.position ?? start)).toBe(true));
      expect((await log.head()) >= (read.at(-1)?.position ?? 0n)).toBe(true);
    });

    it('gives the same position to the one who appends and to those who read', async () => {
      const stream = newStream();
      const { position } = await log.append({ stream, expected: 'no stream', events: [proposed(), proposed({}, randomUUID())] });
      expect((await log.readStream(stream, 1))[0]?.position).toBe(position);
    });
  });
}
