import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { commandContext, countOne, counting } from './contract/counting.js';
import { changed, preparedLog } from './contract/log-database.js';
import { streamOf } from './contract/log-under-test.js';
import { Rejection } from './decider.js';
import type { EventLog } from './event-log.js';
import { EventStore } from './event-store.js';
import { Sequences } from './sequences.js';

const prepared = preparedLog(['counting']);
const inContext = commandContext;
const storeOn = (over: EventLog = prepared.log): EventStore => new EventStore(over, new Sequences(prepared.pool));
const logWith = (changes: (real: EventLog) => Partial<EventLog>): EventLog => changed(prepared.log, changes(prepared.log));

describe('a command behind many others', () => {
  const patienceMs = 1_500;
  /** Six hundred at once on a log whose appends take so long; what became of each. */
  async function crowd(appendMs: number, meanwhile: (store: EventStore) => void = () => undefined) {
    const slow = logWith((real) => ({
      append: async (request, options) => {
        const until = Date.now() + appendMs;
        while (Date.now() < until) await setImmediate();
        return real.append(request, options);
      },
    }));
    const [store, id, deadline] = [storeOn(slow), randomUUID(), Date.now() + patienceMs];
    const began = Array.from({ length: 600 }, (_, n) =>
      store.execute(counting, id, countOne(String(n)), { context: inContext({ deadline }) }),
    );
    meanwhile(store);
    const ended = await Promise.allSettled(began);
    // Whoever comes last is answered after all that the store still has in hand.
    const { revision } = await store.execute(counting, id, countOne('last'), { context: inContext() });
    return { done: ended.filter(({ status }) => status === 'fulfilled').length, before: revision, deadline, ended };
  }

  it('has time as long as those before it are answered', async () => {
    const { done, before, deadline } = await crowd(1_000);
    expect([done, before]).toEqual([600, 600]);
    // Or there would have been no need to wait.
    expect(Date.now()).toBeGreaterThan(deadline);
  });

  it('is not carried out once it was given up', async () => {
    const { done, before } = await crowd(2_000);
    expect(done).toBeLessThan(600);
    expect(before).toBe(done);
  });

  it('waits no longer than its request asked for once the store is in a hurry', async () => {
    const { done, before, ended } = await crowd(1_000, (store) => store.hurry());
    expect(done).toBeLessThan(600);
    expect(before).toBe(done);
    for (const outcome of ended) if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('a command beside a slow one', () => {
  it('is not carried out once it was given up while the other was prepared', async () => {
    let prepare: (() => void) | undefined;
    const slowly = new Promise<void>((resolve) => (prepare = resolve));
    const row = {
      scope: randomUUID(),
      eventIdBase: randomUUID(),
      fingerprint: '00',
      streams: {},
      allocated: {},
      owner: randomUUID(),
      leaseSeconds: 5,
    };
    const slow = {
      scope: row.scope,
      eventId: () => randomUUID(),
      allocate: (_: string, next: () => Promise<number>) => next(),
      rowFor: () => row,
      keep: () => slowly,
      begin: () => slowly,
      recognised: () => undefined,
      committed: () => undefined,
    };
    const [store, id] = [storeOn(logWith(() => ({ keepsKeys: false }))), randomUUID()];
    const other = store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: slow }) });
    const given = store.execute(counting, id, countOne('b'), { context: inContext({ deadline: Date.now() + 200 }) });
    await expect(given).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    prepare?.();
    expect(await other).toMatchObject({ state: { count: 1, last: 'a' } });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(1);
  });
});

describe('a command that need not look at its stream before', () => {
  const nothing = (): never[] => [];

  /** A store, and how often it has read a stream. */
  function countingReads() {
    let reads = 0;
    const watched = logWith((real) => ({
      readStream: (...asked) => {
        reads += 1;
        return real.readStream(...asked);
      },
    }));
    return { store: storeOn(watched), reads: () => reads };
  }

  it('is appended under an id that was drawn for it, and decided again on what is there after all', async () => {
    const [{ store, reads }, id, taken] = [countingReads(), randomUUID(), randomUUID()];
    const context = inContext();
    const first = await store.execute(counting, id, countOne('a'), { context, drawn: true });
    expect([first.revision, reads()]).toEqual([0, 0]);
    await storeOn().execute(counting, taken, countOne('another process'), { context });
    const second = await store.execute(counting, taken, countOne('b'), { context, drawn: true });
    expect(second).toMatchObject({ state: { count: 2, last: 'b' }, revision: 1 });
    expect(reads()).toBeGreaterThan(0);
  });

  it('refuses under a drawn id only on what is there', async () => {
    const [{ store }, id] = [countingReads(), randomUUID()];
    await storeOn().execute(counting, id, countOne('another process'), { context: inContext() });
    const seen: number[] = [];
    const refuse = ({ count }: Readonly<{ count: number }>): never => {
      seen.push(count);
      throw new Rejection('CONFLICT', `no, at ${count}`);
    };
    const refused = store.execute(counting, id, refuse, { context: inContext(), drawn: true });
    await expect(refused).rejects.toThrow('no, at 1');
    expect(seen.at(-1)).toBe(1);
  });

  it('is answered by what this process knows where that says for good that it is done, and looks where it does not', async () => {
    const [{ store, reads }, id] = [countingReads(), randomUUID()];
    const context = inContext();
    await store.execute(counting, id, countOne('a'), { context });
    const before = reads();
    const isDone = ({ count }: Readonly<{ count: number }>): boolean => count > 0;
    const answer = await store.execute(counting, id, nothing, { context, isDone });
    expect([answer.revision, answer.events, reads()]).toEqual([0, [], before]);
    await store.execute(counting, id, nothing, { context, isDone: () => false });
    expect(reads()).toBe(before + 1);
    const elsewhere = countingReads();
    await elsewhere.store.execute(counting, id, nothing, { context, isDone });
    expect(elsewhere.reads()).toBeGreaterThan(0);
  });
});

describe('what admits a command', () => {
  it('is found out anew before each decision where it may have changed, and only who is not admitted is refused', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const gone = { check: () => undefined, renewed: () => Promise.reject(new Rejection('CONFLICT', 'archived')) };
    const outcomes = await Promise.allSettled([
      store.execute(counting, id, countOne('a'), { context: inContext() }),
      store.execute(counting, id, countOne('b'), { context: inContext({ admission: gone }) }),
    ]);
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'CONFLICT' } }]);
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(1);
  });
});
