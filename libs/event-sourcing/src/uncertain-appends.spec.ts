import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { runInContext } from './command-context.js';
import { commandContext, countOne, counting, type Count } from './contract/counting.js';
import { changed, preparedLog } from './contract/log-database.js';
import { streamOf } from './contract/log-under-test.js';
import { LogUnavailable, UnknownOutcome, type Appended, type EventLog } from './event-log.js';
import { EventStore } from './event-store.js';
import { Sequences } from './sequences.js';

const prepared = preparedLog(['counting']);
const inContext = commandContext;
const storeOn = (over: EventLog = prepared.log): EventStore => new EventStore(over, new Sequences(prepared.pool));
const logWith = (changes: (real: EventLog) => Partial<EventLog>): EventLog => changed(prepared.log, changes(prepared.log));

describe('a command whose append has no certain outcome', () => {
  it.each([
    ['that happened', true],
    ['that did not happen', false],
  ])('%s is answered once', async (_, happened) => {
    let failures = 0;
    const unsure = logWith((real) => ({
      append: async (request, options) => {
        if (failures++ > 0) return real.append(request, options);
        if (happened) await real.append(request, options);
        throw new UnknownOutcome(request.stream, new Error('cut'));
      },
    }));
    const [store, id] = [storeOn(unsure), randomUUID()];
    const outcomes = await Promise.all(['a', 'b'].map((label) => store.execute(counting, id, countOne(label), { context: inContext() })));
    expect(outcomes.map(({ state, revision }) => [state, revision])).toEqual([
      [{ count: 1, last: 'a' }, 0],
      [{ count: 2, last: 'b' }, 1],
    ]);
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(2);
  });

  it('is UNAVAILABLE when its deadline passes', async () => {
    const gone = logWith(() => ({
      append: () => Promise.reject(new LogUnavailable(new Error('gone'))),
      readStream: () => Promise.reject(new LogUnavailable(new Error('gone'))),
    }));
    await expect(
      storeOn(gone).execute(counting, randomUUID(), countOne('a'), { context: inContext({ deadline: Date.now() + 200 }) }),
    ).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(storeOn(gone).load(counting, randomUUID())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is UNAVAILABLE at its deadline also when the log neither answers nor fails', async () => {
    const silent = logWith(() => ({ readStream: () => new Promise(() => undefined) }));
    const context = () => inContext({ deadline: Date.now() + 200 });
    await expect(storeOn(silent).execute(counting, randomUUID(), countOne('a'), { context: context() })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    const loading = runInContext(context(), () => storeOn(silent).load(counting, randomUUID()));
    await expect(loading).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it.each([
    ['answers late', (appended: Promise<Appended>) => appended],
    [
      'never says so',
      (appended: Promise<Appended>, stream: string) => appended.then(() => Promise.reject(new UnknownOutcome(stream, new Error('cut')))),
    ],
  ])('is answered as done when it was committed and the log %s, after the deadline', async (_, ended) => {
    const late = logWith((real) => ({
      append: async (request, options) => {
        const appended = real.append(request, options);
        while (Date.now() <= (options?.deadline ?? 0) + 150) await setImmediate();
        return ended(appended, request.stream);
      },
    }));
    const [store, id] = [storeOn(late), randomUUID()];
    const outcome = await store.execute(counting, id, countOne('a'), { context: inContext({ deadline: Date.now() + 200 }) });
    expect(outcome).toMatchObject({ state: { count: 1, last: 'a' }, revision: 0 });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(1);
  });

  it('is answered as done when the log was cut off at the deadline, and is asked again', async () => {
    const hasTime = ({ deadline = 0 }: { deadline?: number } = {}): boolean => Date.now() < deadline;
    const slow = logWith((real) => ({
      append: async (request, options) => {
        // As an adapter does that cannot finish in the time it is given.
        if (appends++ === 0) while (hasTime(options)) await setImmediate();
        if (!hasTime(options)) throw new UnknownOutcome(request.stream, new Error('no answer in time'));
        return real.append(request, options);
      },
    }));
    let appends = 0;
    const [store, id] = [storeOn(slow), randomUUID()];
    const outcome = await store.execute(counting, id, countOne('a'), { context: inContext({ deadline: Date.now() + 200 }) });
    expect(outcome).toMatchObject({ state: { count: 1, last: 'a' }, revision: 0 });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(1);
  });

  it('is UNAVAILABLE when the log says after the deadline that it was too late', async () => {
    const late = logWith(() => ({
      append: async (_request, options) => {
        while (Date.now() <= (options?.deadline ?? 0) + 150) await setImmediate();
        throw new LogUnavailable(new Error('gone'));
      },
    }));
    const [store, id] = [storeOn(late), randomUUID()];
    const began = store.execute(counting, id, countOne('a'), { context: inContext({ deadline: Date.now() + 200 }) });
    await expect(began).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(0);
  });

  it('is appended once when two processes give the same event ids', async () => {
    const [id, eventId] = [randomUUID(), randomUUID()];
    const once = ({ count }: Count) => (count === 0 ? countOne('first')({ count, last: '' }) : []);
    const outcomes = await Promise.all(
      [storeOn(), storeOn(), storeOn()].map((store) => store.execute(counting, id, once, { context: inContext(), eventId: () => eventId })),
    );
    for (const { state, revision } of outcomes) expect({ state, revision }).toEqual({ state: { count: 1, last: 'first' }, revision: 0 });
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(1);
  });
});
