import { setImmediate as turn } from 'node:timers/promises';
import { sharedStatements } from './shared-statements.js';

describe('statements that requests share', () => {
  it('answers in one statement what is asked in one turn, each in its place', async () => {
    const { loader, statements, answer } = database();
    const answers = Promise.all([loader.load(3), loader.load(1), loader.load(3)]);
    await statementsAre(statements, 1);
    answer();
    expect(await answers).toEqual(['three', 'one', 'three']);
    expect(statements).toEqual([[3, 1, 3]]);
  });

  it('keeps what is asked while a statement is under way for the next one', async () => {
    const { loader, statements, answer } = database();
    const first = loader.load(1);
    await statementsAre(statements, 1);
    const second = loader.load(2);
    await turn();
    const third = loader.load(3);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(statements).toEqual([[1]]);
    answer();
    await first;
    await statementsAre(statements, 2);
    answer();
    expect(await Promise.all([second, third])).toEqual(['two', 'three']);
    expect(statements).toEqual([[1], [2, 3]]);
  });

  it('asks again what it was asked before: it remembers nothing', async () => {
    const { loader, statements, answer } = database();
    for (const count of [1, 2]) {
      const asked = loader.load(1);
      await statementsAre(statements, count);
      answer();
      expect(await asked).toBe('one');
    }
    expect(statements).toEqual([[1], [1]]);
  });

  it('sends no more in a statement than it may, and the rest when that has been answered', async () => {
    const { loader, statements, answer } = database({ atMost: 2 });
    const answers = Promise.all([1, 2, 3].map((item) => loader.load(item)));
    await statementsAre(statements, 1);
    for (let turns = 0; turns < 5; turns += 1) await turn();
    expect(statements).toEqual([[1, 2]]);
    answer();
    await statementsAre(statements, 2);
    answer();
    expect(await answers).toEqual(['one', 'two', 'three']);
  });

  it('tells of a failure only those whose statement failed', async () => {
    const { loader, statements, answer } = database();
    const failing = loader.load(1);
    await statementsAre(statements, 1);
    const next = loader.load(2);
    answer(new Error('the connection broke'));
    await expect(failing).rejects.toThrow('the connection broke');
    await statementsAre(statements, 2);
    answer();
    expect(await next).toBe('two');
  });
});

const words = ['none', 'one', 'two', 'three'];

/** A database that answers a statement when it is told to. */
function database(options?: { atMost: number }) {
  const statements: (readonly number[])[] = [];
  let answer: (failure?: Error) => void = () => undefined;
  const loader = sharedStatements(
    (items: readonly number[]) =>
      new Promise<readonly (string | undefined)[]>((resolve, reject) => {
        statements.push(items);
        answer = (failure) => (failure ? reject(failure) : resolve(items.map((item) => words[item])));
      }),
    options,
  );
  return { loader, statements, answer: (failure?: Error) => answer(failure) };
}

async function statementsAre(statements: readonly unknown[], count: number): Promise<void> {
  for (let turns = 0; statements.length < count && turns < 1_000; turns += 1) await turn();
  expect(statements).toHaveLength(count);
}
