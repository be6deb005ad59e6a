import { randomUUID } from 'node:crypto';
import { runInContext } from './command-context.js';
import type { EventLog } from './event-log.js';
import { KeyKnown, type IdempotentAttempt, type KeyRow } from './idempotent-attempt.js';
import { commandContext, countOne, counting, type Count, type Counted } from './contract/counting.js';
import { changed, preparedLog } from './contract/log-database.js';
import { streamOf } from './contract/log-under-test.js';
import { Rejection } from './decider.js';
import { EventStore } from './event-store.js';
import { Sequences } from './sequences.js';

const prepared = preparedLog(['counting']);

const storeOn = (): EventStore => new EventStore(prepared.log, new Sequences(prepared.pool));
const keepingNoKeys = (log: EventLog): EventLog => changed(log, { keepsKeys: false });
const inContext = commandContext;
const refuse = (): never => {
  throw new Rejection('CONFLICT', 'no');
};
describe('a request with an Idempotency-Key', () => {
  class Attempt implements IdempotentAttempt {
    readonly scope = randomUUID();
    readonly rows: KeyRow[] = [];
    readonly allocated: number[] = [];
    private readonly base = randomUUID();
    private handedOut = 0;
    constructor(
      private readonly ids: readonly string[],
      readonly earlierTry?: { streams: Record<string, number> },
      earlierIds: readonly number[] = [],
    ) {
      this.allocated.push(...earlierIds);
    }
    eventId = (ordinal: number): string => this.ids[ordinal] ?? randomUUID();
    async allocate(_: string, next: () => Promise<number>): Promise<number> {
      const id = this.allocated[this.handedOut] ?? (await next());
      this.allocated[this.handedOut++] = id;
      return id;
    }
    rowFor(stream: string, revision: number): KeyRow {
      const { scope, base: eventIdBase } = this;
      const row = { scope, eventIdBase, fingerprint: '00', streams: { [stream]: revision }, allocated: {}, owner: scope, leaseSeconds: 5 };
      this.rows.push(row);
      return row;
    }
    keep = (): Promise<void> => Promise.resolve();
    begin = (): Promise<void> => Promise.resolve();
    recognised = (): void => undefined;
    committed = (): void => undefined;
    /** What an earlier try of it is known by. */
    get tried(): { streams: Record<string, number> } {
      return { streams: Object.assign({}, ...this.rows.map(({ streams }) => streams)) as Record<string, number> };
    }
  }
  const ids = (): string[] => [randomUUID(), randomUUID(), randomUUID()];

  it('stores where it begins before its first append, and uses its own event ids', async () => {
    const [store, id, own] = [storeOn(), randomUUID(), ids()];
    await store.execute(counting, id, countOne('before'), { context: inContext() });
    const attempt = new Attempt(own);
    const { events } = await store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: attempt }) });
    expect(attempt.tried).toEqual({ streams: { [`counting-${id}`]: 0 } });
    expect(events[0]?.id).toBe(own[0]);
  });

  it('is answered from its earlier try, without deciding anything', async () => {
    const [store, id, own] = [storeOn(), randomUUID(), ids()];
    const first = await store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: new Attempt(own) }) });
    await store.execute(counting, id, countOne('later'), { context: inContext() });
    for (const over of [store, storeOn()]) {
      const again = new Attempt(own, { streams: { [`counting-${id}`]: -1 } });
      expect(await over.execute(counting, id, refuse, { context: inContext({ idempotency: again }) })).toEqual(first);
      expect(again.rows).toEqual([]);
    }
  });

  it('is decided when its earlier try has not appended', async () => {
    const [store, id, own] = [storeOn(), randomUUID(), ids()];
    await store.execute(counting, id, countOne('other'), { context: inContext() });
    const again = new Attempt(own, { streams: { [`counting-${id}`]: -1 } });
    expect(await store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: again }) })).toMatchObject({
      revision: 1,
      state: { last: 'a' },
    });
  });

  it('has one effect when it runs twice at the same moment', async () => {
    const [id, own] = [randomUUID(), ids()];
    const outcomes = await Promise.all(
      [storeOn(), storeOn()].map((store) =>
        store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: new Attempt(own) }) }),
      ),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(1);
  });

  it('counts its event ids through all streams it appends to, on a repetition too', async () => {
    const [store, one, two, own] = [storeOn(), randomUUID(), randomUUID(), ids()];
    const request = async (attempt: Attempt) => {
      const context = inContext({ idempotency: attempt });
      return [
        await store.execute(counting, one, countOne('a'), { context }),
        await store.execute(counting, two, countOne('b'), { context }),
      ];
    };
    const attempt = new Attempt(own);
    const first = await request(attempt);
    expect(first.flatMap(({ events }) => events.map((event) => event.id))).toEqual(own.slice(0, 2));
    expect(attempt.rows).toHaveLength(2);
    expect(await request(new Attempt(own, attempt.tried))).toEqual(first);
  });

  it('fails alone when its row cannot be stored ahead, for a log that keeps no keys', async () => {
    const store = new EventStore(keepingNoKeys(prepared.log), new Sequences(prepared.pool));
    const id = randomUUID();
    const broken = Object.assign(new Attempt(ids()), { keep: () => Promise.reject(new Error('no table')) });
    const outcomes = await Promise.allSettled([
      store.execute(counting, id, countOne('a'), { context: inContext() }),
      store.execute(counting, id, countOne('b'), { context: inContext({ idempotency: broken }) }),
      store.execute(counting, id, countOne('c'), { context: inContext() }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.load(counting, id)).state).toEqual({ count: 2, last: 'c' });
  });

  describe.each([
    ['a log that keeps keys', (log: EventLog) => log],
    ['a log that keeps none', keepingNoKeys],
  ])('on %s', (_, over) => {
    const known = (attempt: Attempt, keys: readonly string[]): Attempt =>
      over(prepared.log).keepsKeys === true
        ? attempt
        : Object.assign(attempt, {
            keep: () => (keys.includes(attempt.scope) ? Promise.reject(new KeyKnown([attempt.scope])) : Promise.resolve()),
          });

    it('is told that its key is known, and the others of its append go in', async () => {
      const store = new EventStore(over(prepared.log), new Sequences(prepared.pool));
      const [id, elsewhere, first] = [randomUUID(), randomUUID(), new Attempt(ids())];
      await store.execute(counting, elsewhere, countOne('first'), { context: inContext({ idempotency: first }) });
      const again = known(Object.assign(new Attempt(ids()), { scope: first.scope }), [first.scope]);
      const outcomes = await Promise.allSettled([
        store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: new Attempt(ids()) }) }),
        store.execute(counting, id, countOne('b'), { context: inContext({ idempotency: again }) }),
        store.execute(counting, id, countOne('c'), { context: inContext({ idempotency: new Attempt(ids()) }) }),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(outcomes[1]).toMatchObject({ reason: { name: 'KeyKnown', scopes: [first.scope] } });
      expect((await store.load(counting, id)).state).toEqual({ count: 2, last: 'c' });
    });
  });

  it('is told of what is in the log, and not of an append that lost', async () => {
    const [id, own, told] = [randomUUID(), ids(), [] as string[]];
    const telling = (what: string, attempt: Attempt) =>
      inContext({ idempotency: Object.assign(attempt, { committed: () => told.push(what) }) });
    const [store, rival] = [storeOn(), storeOn()];
    const untilTwo = (state: Count): Counted[] => (state.count < 2 ? countOne('a')(state) : []);
    await store.execute(counting, id, untilTwo, { context: telling('appended', new Attempt(own)) });
    await rival.execute(counting, id, countOne('by a rival'), { context: inContext() });
    const lost = new Attempt(ids());
    expect((await store.execute(counting, id, untilTwo, { context: telling('lost', lost) })).events).toEqual([]);
    expect(lost.rows).toHaveLength(1);
    const repeat = new Attempt(own, { streams: { [`counting-${id}`]: -1 } });
    await store.execute(counting, id, refuse, { context: telling('repeated', repeat) });
    expect(told).toEqual(['appended', 'repeated']);
  });

  it('stores its row with its first append to each stream, and not where it loses', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const [store, rival, attempt] = [storeOn(), storeOn(), new Attempt(ids())];
    await store.execute(counting, id, countOne('before'), { context: inContext() });
    await rival.execute(counting, id, countOne('by a rival'), { context: inContext() });
    await store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: attempt }) });
    expect(await streamsOf(attempt)).toEqual({ [`counting-${id}`]: 1 });
    await store.execute(counting, other, countOne('b'), { context: inContext({ idempotency: attempt }) });
    expect(attempt.rows).toHaveLength(3);
    const refused = new Attempt(ids());
    await expect(store.execute(counting, id, refuse, { context: inContext({ idempotency: refused }) })).rejects.toThrow('no');
    expect(await streamsOf(refused)).toBeUndefined();
  });

  const streamsOf = async ({ scope }: Attempt): Promise<unknown> =>
    (await prepared.pool.query<{ streams: unknown }>('SELECT streams FROM app.idempotency_keys WHERE scope = $1', [scope])).rows[0]
      ?.streams;

  it('creates under the same id again, and passes over ids that are taken', async () => {
    const [store, own] = [storeOn(), ids()];
    const taken = (await store.nextId('counting')) + 1;
    await store.execute(counting, taken, countOne('taken'), { context: inContext() });
    const create = (attempt: Attempt) =>
      runInContext(inContext({ idempotency: attempt }), () =>
        store.create(counting, 'counting', (state, id) => countOne(`number ${id}`)(state)),
      );
    const attempt = new Attempt(own);
    const created = await create(attempt);
    expect(created.id).toBeGreaterThan(taken);
    expect(created.state.last).toBe(`number ${created.id}`);
    expect(await create(new Attempt(own, attempt.tried, attempt.allocated))).toEqual(created);
  });
});
