import type { EventLog } from '../event-log.js';
import { idsOf, newCategory, newStream, proposed, type LogUnderTest } from './log-under-test.js';
import { eventsOf, isEvent, take } from './subscriptions.js';

/** More than an adapter looks over at a time. */
const many = 600;
/** So many that whoever has them all sent to him, or a part of them again and again, is found out. */
const tooMany = 5_000;
/** Events that may be sent in vain to somebody who reads past them: those at the end of the log, at which he looks himself. */
const fewSent = 500;

/** What whoever follows the log relies on where others write into it too: before, between and behind what is its own. */
export function describeForeignEvents(world: () => LogUnderTest): void {
  describe('beside events that are not its own', () => {
    let log: EventLog;
    beforeAll(() => {
      log = world().open();
    });
    afterAll(() => log.close());

    const foreign = async (count = 3): Promise<void> => world().writeForeign?.(count);
    const category = newCategory();
    const append = async (): Promise<string> => {
      const event = proposed();
      await log.append({ stream: newStream(category), expected: 'no stream', events: [event] });
      return event.id;
    };
    /** Own events with others around them; and where the log ended before and ends now. */
    const surrounded = async (): Promise<{ start: bigint; ids: string[]; head: bigint }> => {
      const start = await log.head();
      await foreign();
      const first = await append();
      await foreign(many);
      const ids = [first, await append(), await append()];
      await foreign(many);
      return { start, ids, head: await log.head() };
    };

    it('reads only its own, and never ends before the last of them', async () => {
      const { start, ids } = await surrounded();
      expect(idsOf(await log.readAll(start, ids.length + 1)).slice(0, ids.length)).toEqual(ids);
      const read: string[] = [];
      for (let after = start, page = await log.readAll(after, 1); page.length > 0; page = await log.readAll(after, 1)) {
        read.push(...idsOf(page));
        after = page.at(-1)?.position ?? after;
      }
      expect(read).toEqual(ids);
    });

    it('is not sent what others wrote, whether it reads from before that or asks what comes next', async () => {
      const start = await log.head();
      await foreign(tooMany);
      const ids = [await append(), await append()];
      await foreign(tooMany);
      for (const [limit, found] of [
        [ids.length + 1, ids],
        [1, ids.slice(0, 1)],
      ] as const) {
        const before = world().eventsSent?.() ?? 0;
        expect(idsOf(await log.readAll(start, limit))).toEqual(found);
        expect((world().eventsSent?.() ?? 0) - before).toBeLessThan(fewSent);
      }
    });

    it('is told of a place at or past the head once it has everything of its own', async () => {
      const { start, ids, head } = await surrounded();
      const stop = new AbortController();
      const followed = await take(
        log.subscribeAll(start, { categories: [category], signal: stop.signal }),
        (item) => item.kind !== 'event' && item.position >= head,
      );
      expect(idsOf(eventsOf(followed))).toEqual(ids);
      // So is whoever has read up to the last own event and takes up the subscription there.
      const last = (await log.readAll(start, 100)).at(-1)?.position ?? start;
      const joined = await take(
        log.subscribeAll(last, { signal: stop.signal }),
        (item) => item.kind === 'caughtUp' && item.position >= head,
      );
      expect(eventsOf(joined)).toEqual([]);
      stop.abort();
    });

    it('is told so while it is live, though nothing of its own comes', async () => {
      const stop = new AbortController();
      const items = log.subscribeAll(await log.head(), { categories: [category], signal: stop.signal });
      let head: bigint | undefined;
      await take(items, (item) => {
        if (item.kind === 'caughtUp' && head === undefined)
          void foreign(many).then(async () => {
            head = await log.head();
            await append();
          });
        return head !== undefined && item.kind !== 'event' && item.position >= head;
      });
      stop.abort();
    });

    it('takes up a subscription at the head, which may be an event of others, and gets what comes', async () => {
      await surrounded();
      const stop = new AbortController();
      const items = log.subscribeAll(await log.head(), { signal: stop.signal });
      await foreign();
      const id = await append();
      expect(idsOf(eventsOf(await take(items, isEvent(id))))).toEqual([id]);
      stop.abort();
    });
  });
}
