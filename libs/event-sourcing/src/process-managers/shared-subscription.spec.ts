import fc from 'fast-check';
import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { World } from '../projections/testing/world.js';
import { pause } from '../retry.js';
import { categoryOf } from '../stream-name.js';
import { SharedSubscription, type Follower } from './shared-subscription.js';

/** Writes down what it is told, and waits before it takes the next event. */
class Listener {
  readonly told: Position[] = [];
  private reached: Position = 0n;
  private readonly ending = new AbortController();
  private wake: () => void = () => undefined;
  /** Resolves with what ended it, if not we did. */
  followed: Promise<unknown> | undefined;

  constructor(
    readonly categories: readonly string[],
    private readonly beforeEach: (event: RecordedEvent) => Promise<unknown> = async () => undefined,
  ) {}

  follow(subscription: SharedSubscription, after: Position): this {
    const follower: Follower = {
      categories: this.categories,
      event: async (event) => {
        await this.beforeEach(event);
        if (event.position <= this.reached) throw new Error(`told of ${event.position} after ${this.reached}`);
        this.told.push(event.position);
        this.at(event.position);
      },
      passed: (position) => this.at(position),
      signal: this.ending.signal,
    };
    this.reached = after;
    this.followed = subscription.follow(after, follower).catch((error: unknown) => error);
    return this;
  }

  async until(position: Position): Promise<this> {
    while (this.reached < position) await new Promise<void>((resolve) => (this.wake = resolve));
    return this;
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.followed;
  }

  private at(position: Position): void {
    if (position > this.reached) this.reached = position;
    this.wake();
  }
}

describe('a subscription that many share', () => {
  let world: World;
  let opened: number;
  let log: EventLog;
  let broken: AbortController;
  const listeners: Listener[] = [];
  beforeEach(async () => {
    world = await World.create();
    opened = 0;
    broken = new AbortController();
    log = Object.create(world.log, {
      subscribeAll: {
        value: (after: Position, options: Parameters<EventLog['subscribeAll']>[1]) => {
          opened += 1;
          return world.log.subscribeAll(after, { ...options, signal: AbortSignal.any([options.signal, broken.signal]) });
        },
      },
    }) as EventLog;
  });
  afterEach(async () => {
    await Promise.all(listeners.splice(0).map((listener) => listener.end()));
    await world.end();
  });
  const following = (subscription: SharedSubscription, listener: Listener, after: Position = 0n): Listener => {
    listeners.push(listener.follow(subscription, after));
    return listener;
  };

  it('reads the log once for everybody, and tells each of its own categories only', async () => {
    const first = await world.append('box-1', 1);
    const subscription = new SharedSubscription(log);
    const boxes = following(subscription, new Listener(['box']), first);
    const both = following(subscription, new Listener(['bag', 'box']), first);
    const bag = await world.append('bag-1', 1);
    const last = await world.append('box-2', 1, 2);
    expect((await boxes.until(last)).told).toEqual([3n, 4n]);
    expect((await both.until(last)).told).toEqual([bag, 3n, 4n]);
    const passed = await world.append('comet-1', 1);
    await Promise.all([boxes.until(passed), both.until(passed)]);
    expect(opened).toBe(1);
  });

  it('lets one who is late or slow read by himself, and nobody wait for him for long', async () => {
    const subscription = new SharedSubscription(log, { kept: 3, patienceMs: 20, gatherMs: 1 });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const quick = following(subscription, new Listener(['box']));
    const slow = following(subscription, new Listener(['box'], () => gate));
    let last = 0n;
    for (let round = 0; round < 10; round++) last = await world.append('box-1', 1, 2);
    await quick.until(last);
    const late = following(subscription, new Listener(['box']));
    await late.until(last);
    expect(slow.told).toEqual([]);
    open();
    await slow.until(last);
    expect(slow.told).toEqual(quick.told);
    expect(late.told).toEqual(quick.told);
    const after = opened;
    const next = await world.append('box-1', 3);
    await Promise.all([quick.until(next), slow.until(next), late.until(next)]);
    expect(opened).toBe(after);
  });

  it('has nobody at the end of the log wait for one who begins far behind with him', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let head = 0n;
    for (let round = 0; round < 5; round++) head = await world.append('box-1', 1, 2);
    const subscription = new SharedSubscription(log, { kept: 3, patienceMs: 600_000, gatherMs: 1 });
    const behind = following(subscription, new Listener(['box'], () => gate));
    const ahead = following(subscription, new Listener(['box']), head);
    const next = await world.append('box-2', 3);
    expect((await ahead.until(next)).told).toEqual([next]);
    expect(behind.told).toEqual([]);
    open();
    expect((await behind.until(next)).told).toHaveLength(11);
  });

  it('ends for everybody when the log ends it, and begins again for whoever asks again', async () => {
    const subscription = new SharedSubscription(log);
    const first = new Listener(['box']).follow(subscription, 0n);
    const second = new Listener(['bag']).follow(subscription, 0n);
    await Promise.all([first.until(await world.append('box-1', 1)), second.until(1n)]);
    broken.abort();
    const ended = new Error('the subscription to the log ended');
    expect(await Promise.all([first.followed, second.followed])).toEqual([ended, ended]);
    broken = new AbortController();
    const again = following(subscription, new Listener(['box']), 1n);
    expect((await again.until(await world.append('box-1', 2))).told).toEqual([2n]);
  });

  it('tells everyone everything of his once and in order, whatever the pace of each', async () => {
    const names = ['box', 'bag', 'tin'];
    const appended: string[] = [];
    const subscription = new SharedSubscription(log, { kept: 2, patienceMs: 1, gatherMs: 1 });
    const paces = fc.record({
      categories: fc.subarray(names, { minLength: 1 }),
      from: fc.nat(),
      pauses: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(paces, { minLength: 2, maxLength: 5 }),
        fc.array(fc.constantFrom(...names), { minLength: 10, maxLength: 40 }),
        async (all, streams) => {
          const told = all.map(({ categories, from, pauses }) => {
            const after = BigInt(from % (appended.length + 1));
            const listener = new Listener(categories, async ({ revision }) => {
              const ms = pauses[revision % pauses.length] ?? 0;
              if (ms > 0) await pause(ms);
            });
            return { after, listener: following(subscription, listener, after) };
          });
          for (const stream of streams) {
            await world.append(`${stream}-1`, 1);
            appended.push(stream);
          }
          const last = BigInt(appended.length);
          for (const { after, listener } of told) {
            await listener.until(last);
            const wanted = appended.flatMap((stream, index) =>
              BigInt(index) >= after && listener.categories.includes(categoryOf(`${stream}-1`)) ? [BigInt(index + 1)] : [],
            );
            expect(listener.told).toEqual(wanted);
          }
          await Promise.all(listeners.splice(0).map((listener) => listener.end()));
        },
      ),
      { numRuns: 25 },
    );
  });
});
