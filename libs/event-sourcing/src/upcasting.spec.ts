import type { EventLog } from './event-log.js';
import type { RecordedEvent } from './event.js';
import { withUpcasting, type Upcaster } from './upcasting.js';

const stored = (schemaVersion: number): RecordedEvent => ({
  id: '0190a5b4-0000-7000-8000-000000000001',
  stream: 'part-1',
  revision: 0,
  position: 1n,
  type: 'PartRestocked',
  data: { cost: '12.5' },
  metadata: {
    recorded_at: '2025-01-02T03:04:05.678Z',
    effective_at: '2025-01-02',
    schema_version: schemaVersion,
    actor: { kind: 'user', id: '7' },
    entity_id: 1,
    customer_id: 1,
    request_id: 'r',
    $correlationId: 'c',
    $causationId: 'r',
  },
});

const logOf = (event: RecordedEvent): EventLog => ({
  append: () => Promise.reject(new Error('not asked')),
  readStream: () => Promise.resolve([event]),
  readAll: () => Promise.resolve([event]),
  async *subscribeAll() {
    yield await Promise.resolve({ kind: 'event' as const, event });
    yield { kind: 'caughtUp' as const, position: 1n };
  },
  head: () => Promise.resolve(1n),
  close: () => Promise.resolve(),
});

const renamed: Upcaster = {
  type: 'PartRestocked',
  schemaVersion: 1,
  upcast: (event) => ({
    ...event,
    data: { unitCost: (event.data as { cost: string }).cost },
    metadata: { ...event.metadata, schema_version: 2 },
  }),
};
const retyped: Upcaster = {
  type: 'PartRestocked',
  schemaVersion: 2,
  upcast: (event) => ({ ...event, type: 'PartReceived', metadata: { ...event.metadata, schema_version: 3 } }),
};

describe('an event of an older version', () => {
  it('is read in the newest one, whichever way it is read', async () => {
    const log = withUpcasting(logOf(stored(1)), [renamed, retyped]);
    const newest = expect.objectContaining({ type: 'PartReceived', data: { unitCost: '12.5' }, position: 1n });
    expect(await log.readStream('part-1')).toEqual([newest]);
    expect(await log.readAll(0n, 10)).toEqual([newest]);
    const items = [];
    for await (const item of log.subscribeAll(0n, { signal: new AbortController().signal })) items.push(item);
    expect(items).toEqual([
      { kind: 'event', event: newest },
      { kind: 'caughtUp', position: 1n },
    ]);
  });

  it('begins with the version it has', async () => {
    const log = withUpcasting(logOf(stored(2)), [renamed, retyped]);
    expect(await log.readAll(0n, 10)).toEqual([expect.objectContaining({ type: 'PartReceived', data: { cost: '12.5' } })]);
  });

  it('is left alone where nothing is to be done', async () => {
    const log = logOf(stored(3));
    expect(withUpcasting(log, [])).toBe(log);
    expect(await withUpcasting(log, [renamed]).readAll(0n, 10)).toEqual([stored(3)]);
  });

  it('must rise with each step', async () => {
    const stuck = { ...renamed, upcast: (event: RecordedEvent) => event };
    await expect(withUpcasting(logOf(stored(1)), [stuck]).readAll(0n, 10)).rejects.toThrow('does not raise');
  });
});
