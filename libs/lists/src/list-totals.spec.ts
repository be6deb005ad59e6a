import { surroundingContext, type CommandContext, runInContext } from '#millwright/event-sourcing';
import { ListTotals } from './list-totals.js';

function counting(first: number): {
  totals: ListTotals;
  total: () => Promise<number>;
  set: (rows: number) => void;
  wait: (ms: number) => void;
  counted: () => number;
} {
  let [now, rows, counted] = [0, first, 0];
  const totals = new ListTotals(() => now);
  const count = async (): Promise<number> => {
    counted += 1;
    return rows;
  };
  return {
    totals,
    total: () => totals.of('SELECT', [1], count),
    set: (value) => (rows = value),
    wait: (ms) => (now += ms),
    counted: () => counted,
  };
}

describe('the total of a list', () => {
  it('is counted anew where the list is short', async () => {
    const list = counting(5);
    await list.total();
    list.set(6);
    expect(await list.total()).toBe(6);
  });

  it('is used again for a moment where the list is long, and renewed behind the answer', async () => {
    const list = counting(50_000);
    await list.total();
    list.set(50_001);
    expect(await list.total()).toBe(50_000);
    expect(list.counted()).toBe(1);
    list.wait(600);
    expect(await list.total()).toBe(50_000);
    expect(await list.total()).toBe(50_001);
    expect(list.counted()).toBe(2);
  });

  it('is never older than two seconds', async () => {
    const list = counting(50_000);
    await list.total();
    list.set(50_001);
    list.wait(2_001);
    expect(await list.total()).toBe(50_001);
  });

  it("is renewed in nobody's request, so that no answer waits for it", async () => {
    const [list, contexts]: [ReturnType<typeof counting>, unknown[]] = [counting(50_000), []];
    const count = async (): Promise<number> => {
      contexts.push(surroundingContext());
      return 50_000;
    };
    const request = { requestId: 'one' } as CommandContext;
    await runInContext(request, () => list.totals.of('SELECT', [], count));
    list.wait(600);
    await runInContext(request, () => list.totals.of('SELECT', [], count));
    expect(contexts).toEqual([request, undefined]);
  });

  it('survives a recount that fails', async () => {
    let now = 0;
    const totals = new ListTotals(() => now);
    await totals.of('SELECT', [], async () => 20_000);
    now = 600;
    const failing = (): Promise<number> => Promise.reject(new Error('gone'));
    expect(await totals.of('SELECT', [], failing)).toBe(20_000);
    await Promise.resolve();
    await expect(totals.of('SELECT', [], failing)).rejects.toThrow('gone');
  });
});
