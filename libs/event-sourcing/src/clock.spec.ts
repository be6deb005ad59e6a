import { clockBy, systemClock } from './clock.js';
import { MovedClock } from './testing/moved-clock.js';

const noon = Date.parse('2026-01-31T12:00:00Z');
const never = new AbortController().signal;

describe('the clock', () => {
  it('lets nobody wait for an instant that has passed', async () => {
    await expect(systemClock.until(new Date(0), never)).resolves.toBeUndefined();
  });

  it('ends a wait with the signal, however far the instant is', async () => {
    const stopping = new AbortController();
    const waited = systemClock.until(new Date('2100-01-01T00:00:00Z'), stopping.signal);
    stopping.abort();
    await expect(waited).resolves.toBeUndefined();
  });

  it('looks again after a second at most, and so notices that the system was set forwards', async () => {
    let now = noon;
    const waits: number[] = [];
    const clock = clockBy(
      () => now,
      async (milliseconds) => {
        waits.push(milliseconds);
        now += 40 * 86_400_000;
      },
    );
    await clock.until(new Date('2026-02-28T12:00:00Z'), never);
    expect(waits).toEqual([1_000]);
  });

  it('waits on where the system was set backwards', async () => {
    let now = noon;
    const waits: number[] = [];
    const clock = clockBy(
      () => now,
      async (milliseconds) => {
        waits.push(milliseconds);
        now += waits.length === 1 ? -1_500 : milliseconds;
      },
    );
    await clock.until(new Date(noon + 1_200), never);
    expect(waits).toEqual([1_000, 1_000, 1_000, 700]);
  });

  it('is moved by a test, both ways', async () => {
    const clock = new MovedClock('2026-01-31T12:00:00Z');
    let over = false;
    const waited = clock.until(new Date('2026-02-01T00:00:00Z'), never).then(() => (over = true));
    clock.moveTo('2026-01-30T00:00:00Z');
    await Promise.resolve();
    expect(over).toBe(false);
    clock.moveTo('2026-02-01T00:00:00Z');
    await waited;
    expect(clock.now()).toEqual(new Date('2026-02-01T00:00:00Z'));
  });
});
