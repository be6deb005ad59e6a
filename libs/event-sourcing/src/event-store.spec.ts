import { randomUUID } from 'node:crypto';
import { currentContext, runInContext } from './command-context.js';
import { commandContext, countOne, counting, type Count } from './contract/counting.js';
import { preparedLog } from './contract/log-database.js';
import { streamOf } from './contract/log-under-test.js';
import { Rejection } from './decider.js';
import type { EventLog } from './event-log.js';
import { EventStore } from './event-store.js';
import { Sequences } from './sequences.js';
import { MovedClock } from './testing/moved-clock.js';

const prepared = preparedLog(['counting']);

const storeOn = (over: EventLog = prepared.log): EventStore => new EventStore(over, new Sequences(prepared.pool));
const inContext = commandContext;
const refuse = (): never => {
  throw new Rejection('CONFLICT', 'no');
};

describe('running a decision', () => {
  it('answers with the state after it, its own events and where they stand', async () => {
    const id = randomUUID();
    const outcome = await storeOn().execute(counting, id, countOne('a'), { context: inContext() });
    expect(outcome).toMatchObject({
      state: { count: 1, last: 'a' },
      revision: 0,
      events: [{ type: 'Counted', revision: 0, stream: `counting-${id}` }],
    });
    const [stored] = await prepared.log.readStream(`counting-${id}`);
    expect(outcome.events).toEqual([stored]);
    expect(outcome.position).toBe(stored?.position);
  });

  it('has what it relies on stand first, for its own request, whoever else decides on the stream at that moment', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const asked: string[] = [];
    let stands = false;
    const unmet = () => {
      asked.push(currentContext().requestId);
      return stands ? undefined : Promise.resolve((stands = true));
    };
    const never = () => refuse();
    const [first, second, third] = await Promise.allSettled([
      store.execute(counting, id, countOne('a'), { context: inContext({ requestId: 'first' }) }),
      store.execute(counting, id, countOne('b'), { context: inContext({ requestId: 'second', premise: { unmet } }) }),
      store.execute(counting, id, countOne('c'), { context: inContext({ requestId: 'third', premise: { unmet: never } }) }),
    ]);
    expect([first.status, second.status, third.status]).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(third).toMatchObject({ reason: { code: 'CONFLICT' } });
    expect([...new Set(asked)]).toEqual(['second']);
    expect((await prepared.log.readStream(`counting-${id}`)).map(({ data }) => data)).toMatchObject([{ label: 'a' }, { label: 'b' }]);
  });

  it('writes what surrounds the command into the metadata', async () => {
    const store = new EventStore(prepared.log, new Sequences(prepared.pool), { clock: new MovedClock('2025-02-03T04:05:06.007Z') });
    const context = inContext({
      entityId: null,
      customerId: 3,
      requestId: 'r',
      correlationId: 'c',
      causationId: 'x',
      actor: { kind: 'user', id: '9' },
    });
    const decide = () => [
      { type: 'Counted' as const, data: { label: 'a', countAfter: 1 } },
      { type: 'Counted' as const, data: { label: 'b', countAfter: 2 }, effectiveAt: '2010-01-31' },
    ];
    const { events } = await store.execute(counting, randomUUID(), decide, { context });
    const common = {
      recorded_at: '2025-02-03T04:05:06.007Z',
      schema_version: 1,
      actor: { kind: 'user', id: '9' },
      entity_id: null,
      customer_id: 3,
    };
    expect(events.map(({ metadata }) => metadata)).toEqual([
      { ...common, append: { index: 0, size: 2 }, effective_at: '2025-02-03', request_id: 'r', $correlationId: 'c', $causationId: 'x' },
      { ...common, append: { index: 1, size: 2 }, effective_at: '2010-01-31', request_id: 'r', $correlationId: 'c', $causationId: 'x' },
    ]);
  });

  it('takes the surrounding context, and asserts that there is one', async () => {
    const id = randomUUID();
    expect(() => storeOn().execute(counting, id, countOne('a'))).toThrow('outside a command context');
    expect((await runInContext(inContext(), () => storeOn().execute(counting, id, countOne('a')))).revision).toBe(0);
  });

  it('lets every decision see the context of its own command, whoever shares its append', async () => {
    const store = storeOn();
    const id = randomUUID();
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, customerId) => {
        let inside: number | undefined;
        const context = inContext({ customerId });
        await store.execute(
          counting,
          id,
          (state: Count) => {
            inside = currentContext().customerId;
            return countOne(String(customerId))(state);
          },
          { context },
        );
        return inside;
      }),
    );
    expect(seen).toEqual(Array.from({ length: 20 }, (_, customerId) => customerId));
  });

  it('appends nothing for a rejection, and nothing where nothing has to happen', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    await expect(store.execute(counting, id, refuse, { context: inContext() })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await store.execute(counting, id, () => [], { context: inContext() })).toEqual({
      state: counting.initialState,
      revision: -1,
      position: 0n,
      events: [],
    });
    expect(await streamOf(prepared.log, `counting-${id}`)).toEqual([]);
  });

  it('gives every one of many commands at once its own answer', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) =>
        store.execute(counting, id, n % 4 === 3 ? refuse : countOne(String(n)), { context: inContext() }),
      ),
    );
    const counts = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value.state.count : (outcome.reason as Rejection).code,
    );
    let count = 0;
    expect(counts).toEqual(Array.from({ length: 40 }, (_, n) => (n % 4 === 3 ? 'CONFLICT' : (count += 1))));
    expect(store.statistics).toMatchObject({ commands: 40, events: 30, conflicts: 0 });
    expect(store.statistics.appends).toBeLessThan(5);
  });

  it('fails only the command whose event cannot be stored', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const outcomes = await Promise.allSettled(
      ['a', '\ud800', 'b'].map((label) => store.execute(counting, id, countOne(label), { context: inContext() })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await streamOf(prepared.log, `counting-${id}`)).map(({ data }) => data)).toEqual([
      { label: 'a', countAfter: 1 },
      { label: 'b', countAfter: 2 },
    ]);
  });

  it('refuses on what another process has done, not on what it remembers', async () => {
    const [one, other, id] = [storeOn(), storeOn(), randomUUID()];
    const atMostOne = ({ count }: Count) => (count === 0 ? countOne('first')({ count, last: '' }) : refuse());
    const untilTwo = (state: Count) => (state.count < 2 ? refuse() : []);
    await one.execute(counting, id, atMostOne, { context: inContext() });
    await other.execute(counting, id, countOne('second'), { context: inContext() });
    expect(await one.execute(counting, id, untilTwo, { context: inContext() })).toMatchObject({ state: { count: 2 }, revision: 1 });
    expect(await one.load(counting, id)).toMatchObject({ state: { count: 2 }, revision: 1 });
  });

  it('decides again when another process was faster', async () => {
    const [one, other, id] = [storeOn(), storeOn(), randomUUID()];
    await one.execute(counting, id, countOne('a'), { context: inContext() });
    await other.execute(counting, id, countOne('b'), { context: inContext() });
    expect(await one.execute(counting, id, countOne('c'), { context: inContext() })).toMatchObject({
      state: { count: 3, last: 'c' },
      revision: 2,
    });
    expect(one.statistics.conflicts).toBe(1);
  });

  it('asks what admits the commands of a request at every try, right before the decision', async () => {
    const [one, other, id] = [storeOn(), storeOn(), randomUUID()];
    await one.execute(counting, id, countOne('a'), { context: inContext() });
    await other.execute(counting, id, countOne('b'), { context: inContext() });
    let asked = 0;
    // Nothing stands in the way at first; when the append has lost against the other process, something does.
    const admit = () => (++asked > 1 ? refuse() : undefined);
    await expect(
      one.execute(counting, id, countOne('c'), { context: inContext({ admission: { check: admit, renewed: () => undefined } }) }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(2);
  });

  it('folds up to exactly the revision that is asked for', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    for (const label of ['a', 'b', 'c']) await store.execute(counting, id, countOne(label), { context: inContext() });
    for (const over of [store, storeOn()])
      expect(await Promise.all([-1, 0, 1, 2].map(async (revision) => (await over.loadAt(counting, id, revision)).last))).toEqual([
        '',
        'a',
        'b',
        'c',
      ]);
  });
});

describe('streams up to one position', () => {
  it('are as they were at one moment, whatever came later and whoever saw it', async () => {
    const store = storeOn();
    const ids = [randomUUID(), randomUUID()];
    const moments = [{ position: await store.head(), counts: [0, 0] }];
    // Long enough that the one who wrote it remembers more than the last state.
    for (let round = 0; round < 200; round++) {
      const index = round % 3 === 0 ? 1 : 0;
      const { position } = await store.execute(counting, ids[index] ?? '', countOne('once more'), { context: inContext() });
      const counts = moments.at(-1)?.counts.map((count, other) => (other === index ? count + 1 : count)) ?? [];
      moments.push({ position, counts });
    }
    for (const over of [store, storeOn()])
      for (const { position, counts } of moments.toReversed().filter((_, index) => index % 7 === 0)) {
        const loaded = await Promise.all(ids.map((id) => over.loadUpTo(counting, id, position)));
        expect(loaded.map(({ state, revision }) => [state.count, revision + 1])).toEqual(counts.map((count) => [count, count]));
      }
  });
});

describe('a command that expects a revision', () => {
  it('is refused at the first mismatch', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const expecting = (expectedRevisions: readonly number[] | 'exists') =>
      store.execute(counting, id, countOne('a'), { context: inContext({ expectedRevisions }) });
    await expect(expecting('exists')).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await store.execute(counting, id, countOne('a'), { context: inContext() });
    await expect(expecting([1, 7])).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await expecting([5, 0])).toMatchObject({ revision: 1 });
    expect(await expecting('exists')).toMatchObject({ revision: 2 });
  });

  it('is not said to have met a mismatch where its decision broke', async () => {
    const [store, id] = [storeOn(), randomUUID()];
    const broken = (): never => {
      throw new TypeError('an invariant is broken');
    };
    const context = inContext({ expectedRevisions: [7] });
    await expect(store.execute(counting, id, broken, { context })).rejects.toThrow('an invariant is broken');
  });

  it('wins alone among fifty from two processes', async () => {
    const [one, other, id] = [storeOn(), storeOn(), randomUUID()];
    await one.execute(counting, id, countOne('a'), { context: inContext() });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) =>
        (n % 2 ? one : other).execute(counting, id, countOne(String(n)), { context: inContext({ expectedRevisions: [0] }) }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(2);
  });
});
