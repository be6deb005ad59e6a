import { afterWrong, secondsToWait, unknownPair, type Pair } from './waiting.js';

const minute = 60_000;
const wrongAt = (...times: number[]): Pair => times.reduce<Pair>(afterWrong, unknownPair);

describe('a pair of identifier and address', () => {
  it('waits 30 s with the fifth wrong password in 15 minutes', () => {
    expect(secondsToWait(wrongAt(0, 1, 2, 3), 4)).toBe(0);
    expect(secondsToWait(wrongAt(0, 1, 2, 3, 4), 4)).toBe(30);
    expect(secondsToWait(wrongAt(0, 1, 2, 3, 4), 30_003)).toBe(1);
    expect(secondsToWait(wrongAt(0, 1, 2, 3, 4), 30_004)).toBe(0);
  });

  it('does not wait where five are spread over more than that', () => {
    expect(secondsToWait(wrongAt(0, 1, 2, 3, 15 * minute), 15 * minute)).toBe(0);
    expect(secondsToWait(wrongAt(0, 4 * minute, 8 * minute, 12 * minute, 16 * minute, 20 * minute), 20 * minute)).toBe(0);
  });

  it('waits twice as long with each further one, up to 15 minutes', () => {
    let pair = wrongAt(0, 0, 0, 0);
    let now = 0;
    const waited = Array.from({ length: 8 }, () => {
      pair = afterWrong(pair, now);
      const seconds = secondsToWait(pair, now);
      now += seconds * 1_000;
      return seconds;
    });
    expect(waited).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
    expect(secondsToWait(afterWrong(pair, now + 15 * minute), now + 15 * minute)).toBe(0);
  });
});
