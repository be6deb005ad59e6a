import { HashingQueue } from './hashing-queue.js';

/** Work that ends when it is told to. */
function work() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  let begun = false;
  return {
    run: async () => {
      begun = true;
      await done;
    },
    end: () => end(),
    hasBegun: () => begun,
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue of hashing', () => {
  it('has two run at once, and the others in turn', async () => {
    const queue = new HashingQueue();
    const works = [work(), work(), work()];
    const done = works.map((one, index) => queue.run({ address: `10.0.0.${index}` }, one.run));
    await settled();
    expect(works.map((one) => one.hasBegun())).toEqual([true, true, false]);
    works[0]?.end();
    await settled();
    expect(works.map((one) => one.hasBegun())).toEqual([true, true, true]);
    for (const one of works) one.end();
    await Promise.all(done);
  });

  it('has four of one address wait, twenty in all, and refuses more with a second to wait', async () => {
    const queue = new HashingQueue();
    const works: ReturnType<typeof work>[] = [];
    const ask = (address: string) => {
      const one = work();
      works.push(one);
      const outcome = queue.run({ address }, one.run).then(
        () => 'done',
        (refusal: { code: string; facts: object }) => [refusal.code, refusal.facts],
      );
      return outcome;
    };
    const tooMany = ['RATE_LIMIT_EXCEEDED', { retry_after_seconds: 1 }];
    const running = [ask('a'), ask('a'), ask('a'), ask('a'), ask('a'), ask('a')];
    expect(await ask('a')).toEqual(tooMany);
    const others = ['b', 'c', 'd', 'e'].flatMap((address) => [1, 2, 3, 4].map(() => ask(address)));
    expect(await ask('f')).toEqual(tooMany);
    for (let round = 0; round < 30; round++) {
      for (const one of works) one.end();
      await settled();
    }
    expect(await Promise.all([...running, ...others])).toEqual(Array(22).fill('done'));
  });

  it('has two tries of one pair one after the other, and others pass them', async () => {
    const queue = new HashingQueue();
    const [first, second, other] = [work(), work(), work()];
    const done = [
      queue.run({ address: 'a', pair: 'ann' }, first.run),
      queue.run({ address: 'a', pair: 'ann' }, second.run),
      queue.run({ address: 'b', pair: 'bob' }, other.run),
    ];
    await settled();
    expect([first, second, other].map((one) => one.hasBegun())).toEqual([true, false, true]);
    first.end();
    await settled();
    expect(second.hasBegun()).toBe(true);
    second.end();
    other.end();
    await Promise.all(done);
  });
});
