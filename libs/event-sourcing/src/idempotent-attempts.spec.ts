import { randomUUID } from 'node:crypto';
import { runInContext, type IdempotentAttempt } from './command-context.js';
import { commandContext, countOne, counting } from './contract/counting.js';
import { preparedLog } from './contract/log-database.js';
import { streamOf } from './contract/log-under-test.js';
import { Rejection } from './decider.js';
import { EventStore } from './event-store.js';
import { Sequences } from './sequences.js';

const prepared = preparedLog(['counting']);

const storeOn = (): EventStore => new EventStore(prepared.log, new Sequences(prepared.pool));
const inContext = commandContext;
const refuse = (): never => {
  throw new Rejection('CONFLICT', 'no');
};
describe('a request with an Idempotency-Key', () => {
  type Tried = { stream: string; revision: number };
  class Attempt implements IdempotentAttempt {
    readonly begun: Tried[] = [];
    readonly allocated: number[] = [];
    private handedOut = 0;
    constructor(
      private readonly ids: readonly string[],
      readonly earlierTry?: Tried,
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
    beforeFirstAppend(stream: string, revision: number): Promise<void> {
      this.begun.push({ stream, revision });
      return Promise.resolve();
    }
  }
  const ids = (): string[] => [randomUUID(), randomUUID(), randomUUID()];

  it('stores where it begins before its first append, and uses its own event ids', async () => {
    const [store, id, own] = [storeOn(), randomUUID(), ids()];
    await store.execute(counting, id, countOne('before'), { context: inContext() });
    const attempt = new Attempt(own);
    const { events } = await store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: attempt }) });
    expect(attempt.begun).toEqual([{ stream: `counting-${id}`, revision: 0 }]);
    expect(events[0]?.id).toBe(own[0]);
  });

  it('is answered from its earlier try, without deciding anything', async () => {
    const [store, id, own] = [storeOn(), randomUUID(), ids()];
    const first = await store.execute(counting, id, countOne('a'), { context: inContext({ idempotency: new Attempt(own) }) });
    await store.execute(counting, id, countOne('later'), { context: inContext() });
    for (const over of [store, storeOn()]) {
      const again = new Attempt(own, { stream: `counting-${id}`, revision: -1 });
      expect(await over.execute(counting, id, refuse, { context: inContext({ idempotency: again }) })).toEqual(first);
      expect(again.begun).toEqual([]);
    }
  });

  it('is decided when its earlier try has not appended', async () => {
    const [store, id, own] = [storeOn(), randomUUID(), ids()];
    await store.execute(counting, id, countOne('other'), { context: inContext() });
    const again = new Attempt(own, { stream: `counting-${id}`, revision: -1 });
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
    expect(attempt.begun).toHaveLength(1);
    expect(await request(new Attempt(own, attempt.begun[0]))).toEqual(first);
  });

  it('fails alone when its beginning cannot be stored', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const broken = Object.assign(new Attempt(ids()), { beforeFirstAppend: () => Promise.reject(new Error('no table')) });
    const outcomes = await Promise.allSettled([
      store.execute(counting, id, countOne('a'), { context: inContext() }),
      store.execute(counting, id, countOne('b'), { context: inContext({ idempotency: broken }) }),
      store.execute(counting, id, countOne('c'), { context: inContext() }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await store.load(counting, id)).state).toEqual({ count: 2, last: 'c' });
  });

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
    expect(await create(new Attempt(own, attempt.begun[0], attempt.allocated))).toEqual(created);
  });
});
