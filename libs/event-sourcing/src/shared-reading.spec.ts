import { SharedReading } from './shared-reading.js';

/** Readings that end when they are told to. */
function controlled() {
  const begun: { end(value: string): void; fail(): void }[] = [];
  const reading = new SharedReading(
    () =>
      new Promise<string>((resolve, reject) => {
        begun.push({ end: resolve, fail: () => reject(new Error('the log is gone')) });
      }),
  );
  return { reading, begun };
}

it('begins anew for whoever asks while one is under way, once for all of them', async () => {
  const { reading, begun } = controlled();
  const first = reading.anew();
  expect(reading.joined()).toBe(first);
  const [second, third] = [reading.anew(), reading.anew()];
  expect(begun).toHaveLength(1);
  begun[0]?.end('as it was');
  expect(await first).toBe('as it was');
  const joined = reading.joined();
  expect(begun).toHaveLength(2);
  const fourth = reading.anew();
  begun[1]?.end('as it is');
  expect(await Promise.all([second, third, joined])).toEqual(['as it is', 'as it is', 'as it is']);
  begun[2]?.end('as it came to be');
  expect(await fourth).toBe('as it came to be');
  expect(begun).toHaveLength(3);
});

it('begins anew also after one that failed', async () => {
  const { reading, begun } = controlled();
  const first = reading.joined();
  const second = reading.anew();
  begun[0]?.fail();
  await expect(first).rejects.toThrow('the log is gone');
  begun[1]?.end('as it is');
  expect(await second).toBe('as it is');
});
