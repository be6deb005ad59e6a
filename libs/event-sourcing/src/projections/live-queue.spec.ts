import type { EventLog, SubscriptionItem } from '../event-log.js';
import type { RecordedEvent } from '../event.js';
import { LiveQueue } from './live-queue.js';

describe('what the log has said and the read models do not show yet', () => {
  it('holds an append as a whole, however many more events it has than may wait', async () => {
    const size = 9_000;
    const log = {
      async *subscribeAll(_: bigint, { signal }: { signal: AbortSignal }): AsyncGenerator<SubscriptionItem> {
        for (let number = 1; number <= size; number++) yield { kind: 'event', event: eventOfOneAppend(number, size) };
        yield { kind: 'caughtUp', position: BigInt(size) };
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    } as unknown as EventLog;
    const queue = new LiveQueue(log);
    const stopping = new AbortController();
    const followed = queue.follow(0n, stopping.signal);
    try {
      let batch;
      while (!batch) {
        await queue.something(stopping.signal);
        batch = queue.take();
      }
      expect([batch.events.length, batch.upTo]).toEqual([size, BigInt(size)]);
    } finally {
      stopping.abort();
      await followed;
    }
  });
});

const eventOfOneAppend = (number: number, size: number): RecordedEvent =>
  ({
    stream: 'order-1',
    revision: number - 1,
    position: BigInt(number),
    metadata: { append: { index: number - 1, size } },
  }) as unknown as RecordedEvent;
