import { retryAfterSeconds, standingOf } from './standing.js';

const window = { requests: 10, seconds: 60 };

describe('what the headers say', () => {
  it.each([
    ['nothing counts', { now: 100.25, used: 0, oldestLeavesAt: null, oneMoreAt: null }, { remaining: 10, reset: 101 }],
    ['some do: when the oldest leaves', { now: 100, used: 3, oldestLeavesAt: 130.001, oneMoreAt: null }, { remaining: 7, reset: 131 }],
    ['all do: when one more fits', { now: 100, used: 10, oldestLeavesAt: 130, oneMoreAt: 130 }, { remaining: 0, reset: 130 }],
    ['more do, for the limit was lowered', { now: 100, used: 14, oldestLeavesAt: 130, oneMoreAt: 144.2 }, { remaining: 0, reset: 145 }],
  ])('where %s', (_, held, said) => expect(standingOf(window, held)).toEqual({ limit: 10, ...said }));

  it.each([
    [0.000_001, 1],
    [1, 1],
    [1.000_001, 2],
    [59.5, 60],
  ])('to whoever has to wait %d s', (wait, said) => expect(retryAfterSeconds(wait)).toBe(said));
});
