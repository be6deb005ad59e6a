import type { EventLog, SubscriptionItem } from '../event-log.js';
import { idsOf, newCategory, newStream, proposed, type LogUnderTest } from './log-under-test.js';

/** Takes items until one fits, then leaves. */
export async function take(
  items: AsyncIterable<SubscriptionItem>,
  until: (item: SubscriptionItem) => boolean,
): Promise<SubscriptionItem[]> {
  const taken: SubscriptionItem[] = [];
  for await (const item of items) {
    taken.push(item);
    if (until(item)) break;
  }
  return taken;
}

export const isEvent =
  (id: string) =>
  (item: SubscriptionItem): boolean =>
    item.kind === 'event' && item.event.id === id;

export const eventsOf = (items: readonly SubscriptionItem[]) => items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));

const positionOf = (item: SubscriptionItem): bigint => (item.kind === 'event' ? item.event.position : item.position);

export function describeSubscriptions(world: () => LogUnderTest): void {
  describe('a subscription', () => {
    let log: EventLog;
    beforeAll(() => {
      log = world().open();
    });
    afterAll(() => log.close());

    const appendTo = async (category: string, count: number): Promise<string[]> => {
      const events = Array.from({ length: count }, (_, n) => proposed({ n }));
      await log.append({ stream: newStream(category), expected: 'no stream', events });
      return idsOf(events);
    };

    it('gives what is there, says that it has caught up, then gives what comes', async () => {
      const start = await log.head();
      const before = await appendTo(newCategory(), 3);
      const stop = new AbortController();
      const items = log.subscribeAll(start, { signal: stop.signal })[Symbol.asyncIterator]();
      const seen: SubscriptionItem[] = [];
      const upTo = async (fits: (item: SubscriptionItem) => boolean): Promise<void> => {
        for (;;) {
          const { value, done } = await items.next();
          if (done) throw new Error('the subscription ended');
          seen.push(value);
          if (fits(value)) return;
        }
      };
      await upTo(({ kind }) => kind === 'caughtUp');
      expect(idsOf(eventsOf(seen))).toEqual(expect.arrayContaining(before));
      const after = await appendTo(newCategory(), 2);
      await upTo(isEvent(after[1] ?? ''));
      expect(idsOf(eventsOf(seen)).filter((id) => [...before, ...after].includes(id))).toEqual([...before, ...after]);
      stop.abort();
      await items.return?.();
    });

    it('keeps every item in order, however slowly it is consumed: no checkpoint runs ahead', async () => {
      const [wanted, other] = [newCategory(), newCategory()];
      const start = await log.head();
      const expected: string[] = [];
      for (let n = 0; n < 8; n += 1) {
        expected.push(...(await appendTo(wanted, 40)));
        await appendTo(other, 60);
      }
      const head = await log.head();
      const stop = new AbortController();
      const seen: SubscriptionItem[] = [];
      for await (const item of log.subscribeAll(start, { categories: [wanted], signal: stop.signal })) {
        seen.push(item);
        if (seen.length % 25 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (item.kind !== 'event' && item.position >= head) break;
      }
      stop.abort();
      expect(idsOf(eventsOf(seen))).toEqual(expected);
      seen.forEach((item, index) => {
        const previous = seen[index - 1];
        if (!previous) return;
        if (item.kind === 'event') expect(item.event.position > positionOf(previous)).toBe(true);
        else expect(item.position >= positionOf(previous)).toBe(true);
      });
    });

    it('moves its checkpoint past events it does not care for', async () => {
      const start = await log.head();
      await appendTo(newCategory(), 5);
      const head = await log.head();
      const stop = new AbortController();
      const items = await take(
        log.subscribeAll(start, { categories: [newCategory()], signal: stop.signal }),
        (item) => item.kind !== 'event' && item.position >= head,
      );
      stop.abort();
      expect(eventsOf(items)).toEqual([]);
    });

    it('moves its checkpoint also while it is live', async () => {
      const category = newCategory();
      const stop = new AbortController();
      const items = log.subscribeAll(await log.head(), { categories: [category], signal: stop.signal })[Symbol.asyncIterator]();
      let next = await items.next();
      while (!next.done && next.value.kind !== 'caughtUp') next = await items.next();
      await appendTo(newCategory(), 1);
      const head = await log.head();
      for (next = await items.next(); !next.done && positionOf(next.value) < head;) next = await items.next();
      expect(next.done).toBeFalsy();
      stop.abort();
      await items.return?.();
    });

    it('goes on from any position it has said', async () => {
      const category = newCategory();
      const start = await log.head();
      const ids = await appendTo(category, 6);
      const stop = new AbortController();
      const options = { categories: [category], signal: stop.signal };
      const first = await take(log.subscribeAll(start, options), isEvent(ids[2] ?? ''));
      const second = await take(
        log.subscribeAll(positionOf(first.at(-1) ?? { kind: 'checkpoint', position: start }), options),
        isEvent(ids[5] ?? ''),
      );
      stop.abort();
      expect(idsOf(eventsOf([...first, ...second]))).toEqual(ids);
    });

    it('ends when it is told to, also while it waits', async () => {
      const stop = new AbortController();
      const ended = (async () => {
        for await (const item of log.subscribeAll(await log.head(), { categories: [newCategory()], signal: stop.signal }))
          if (item.kind === 'caughtUp') stop.abort();
        return 'ended';
      })();
      expect(await ended).toBe('ended');
    });
  });
}
