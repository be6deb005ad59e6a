import { randomUUID } from 'node:crypto';
import { canonicalText } from './canonical.js';
import { commandContext, countOne, counting } from './contract/counting.js';
import { preparedLog } from './contract/log-database.js';
import { streamOf } from './contract/log-under-test.js';
import type { AppendRequest, EventLog } from './event-log.js';
import { EventStore } from './event-store.js';
import { AppendTooLarge } from './eventstoredb/index.js';
import { Sequences } from './sequences.js';

const prepared = preparedLog(['counting']);

const mebibyte = 1_048_576;

/** The log as EventStoreDB limits it, which counts the bytes of each append it is given. */
function limitedLog(): { limited: EventLog; appended: number[] } {
  const appended: number[] = [];
  const append: EventLog['append'] = (request, options) => {
    const bytes = bytesOf(request);
    appended.push(bytes);
    if (bytes > mebibyte) return Promise.reject(new AppendTooLarge(request.stream, mebibyte, undefined));
    return prepared.log.append(request, options);
  };
  return { limited: Object.assign(Object.create(prepared.log) as EventLog, { append }), appended };
}

const bytesOf = ({ stream, events }: AppendRequest): number =>
  events.reduce((sum, event) => sum + Buffer.byteLength(canonicalText({ ...event, stream, revision: 0 })), 0);

describe('an append that many commands share', () => {
  it('is cut by size, so that a log that takes no more at once has nothing to refuse', async () => {
    const { limited, appended } = limitedLog();
    const [store, id] = [new EventStore(limited, new Sequences(prepared.pool)), randomUUID()];
    const labels = Array.from({ length: 1_200 }, (_, n) => `${n} ${'\u0001é'.repeat(1_000)}`);
    const outcomes = await Promise.all(
      labels.map((label) => store.execute(counting, id, countOne(label), { context: commandContext({ deadline: Infinity }) })),
    );
    expect(outcomes.map(({ revision, state }) => [revision, state.count])).toEqual(labels.map((_, n) => [n, n + 1]));
    expect(Math.max(...appended)).toBeLessThanOrEqual(mebibyte);
    expect(appended.length).toBeLessThan(30);
    expect(new Set(outcomes.map(({ position }) => position)).size).toBe(1_200);
  });

  it('takes all that wait while there is room', async () => {
    const { limited, appended } = limitedLog();
    const [store, id] = [new EventStore(limited, new Sequences(prepared.pool)), randomUUID()];
    await Promise.all(
      Array.from({ length: 256 }, (_, n) =>
        store.execute(counting, id, countOne('x'.repeat(n % 200)), { context: commandContext({ deadline: Infinity }) }),
      ),
    );
    expect(appended).toHaveLength(1);
    expect(await streamOf(prepared.log, `counting-${id}`)).toHaveLength(256);
  });
});
