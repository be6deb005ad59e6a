import { sideBySide } from './side-by-side.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work on many parts side by side', () => {
  it('says what came of each in their order, whoever is done first, with 64 under way at most', async () => {
    let underWay = 0;
    let most = 0;
    const results = await sideBySide(numbers(200), async (number) => {
      underWay += 1;
      most = Math.max(most, underWay);
      for (let turns = (7 * number) % 5; turns >= 0; turns -= 1) await nextTurn();
      underWay -= 1;
      return 2 * number;
    });
    expect(results).toEqual(numbers(200).map((number) => 2 * number));
    expect(most).toBe(64);
  });

  it('begins nothing more after a result that ends it, and leaves out what was not begun', async () => {
    const work = (number: number): Promise<number> => nextTurn().then(() => number);
    expect(await sideBySide(numbers(200), work, (number) => number === 3)).toEqual(numbers(67));
  });

  it('begins nothing more after a failure, and throws it when nothing is under way any more', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (number: number): Promise<void> => {
      begun.push(number);
      await nextTurn();
      if (number === 0) throw new Error('the part cannot be reached');
      for (let turns = 0; turns < 5; turns += 1) await nextTurn();
      ended.push(number);
    };
    await expect(sideBySide(numbers(200), work)).rejects.toThrow('the part cannot be reached');
    expect([begun.length, ended.length]).toEqual([64, 63]);
  });
});
