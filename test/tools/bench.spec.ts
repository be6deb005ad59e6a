import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { compare } from '../../tools/bench/compare.js';
import { judged, type Line } from '../../tools/bench/line.js';
import { busyFor } from '../../tools/bench/load.js';
import {
  isInProc,
  perOperation,
  processorTime,
  processorTimeSaid,
  processTimeIn,
  timeOfTree,
  type ProcessTime,
} from '../../tools/bench/processor-time.js';

/** As proc_pid_stat(5) has it: what the process is called stands in brackets, the four times at fields 14 to 17. */
const stat = (name: string): string =>
  `4711 (${name}) S 815 4711 4711 0 -1 4194560 1234 56 7 0 250 31 1200 44 20 0 11 0 8112345 1234567 3210 18446744073709551615`;

describe('processor time out of /proc', () => {
  it.each(['node', 'postgres: app 127.0.0.1(53412) idle', ') R 1 2 (3'])('is found behind the name %s', (name) =>
    expect(processTimeIn(stat(name))).toEqual({ pid: 4711, parent: 815, own: 2_810_000, endedChildren: 12_440_000 }),
  );

  it('is summed over a process, its children that run and theirs, and those that have ended', () => {
    const time = (pid: number, parent: number, own: number, endedChildren = 0): ProcessTime => ({ pid, parent, own, endedChildren });
    const processes = [time(1, 0, 1_000_000), time(7, 1, 100, 30), time(8, 7, 20), time(9, 8, 3, 4), time(10, 1, 5_000)];
    expect(timeOfTree(7, processes)).toBe(157);
    expect(timeOfTree(11, processes)).toBeUndefined();
  });

  it('is what an operation took of each, and nothing where the system does not say', () => {
    const before = { server: 1_000, postgres: null, generator: 10 };
    expect(perOperation(before, { server: 4_000, postgres: null, generator: 40 }, 3)).toEqual({
      server: 1_000,
      postgres: null,
      generator: 10,
    });
  });

  it('is what a server says of itself where there is no /proc', () => {
    expect(processorTimeSaid('# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 2.5\n')).toBe(2_500_000);
    expect(processorTimeSaid('up 1\n')).toBeNull();
  });

  (isInProc ? it : it.skip)('counts a child that works, and still does when it has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'for (const end = process.cpuUsage().user + 200_000; process.cpuUsage().user < end;);']);
    const target = { pid: process.pid, metrics: () => Promise.resolve('') };
    const [before] = await Promise.all([processorTime(target, process.pid), once(child, 'exit')]);
    const after = await processorTime(target, child.pid ?? 0);
    expect((after.server ?? 0) - (before.server ?? 0)).toBeGreaterThanOrEqual(200_000);
    expect(after.postgres).toBeNull();
  });
});

describe('a load', () => {
  it('ends when there is nothing left to do, and counts what was done', async () => {
    const left = [1, 2, 3];
    const { count } = await busyFor(60, 2, () => (left.pop() === undefined ? undefined : Promise.resolve()));
    expect(count).toBe(3);
  });

  it('ends for all callers when one of them fails', async () => {
    let calls = 0;
    const failing = busyFor(60, 2, (caller) => {
      if (caller === 0) return Promise.reject(new Error('refused'));
      return ++calls > 100 ? undefined : Promise.resolve();
    });
    await expect(failing).rejects.toThrow('refused');
    expect(calls).toBeLessThan(10);
  });
});

describe('a comparison of two runs', () => {
  const line = (name: string, value: number, server?: number): Line =>
    judged({
      name,
      unit: 'operations/s',
      value,
      probe: null,
      budget: { none: true },
      ...(server !== undefined && { cost: { count: 1, p50: 1, p99: 2, processor: { server, postgres: null, generator: 50 } } }),
    });

  it('has every figure before and after, with the ratio', () =>
    expect(compare([line('restock', 2_000, 400)], [line('restock', 3_000, 100)])).toEqual([
      { name: 'restock', unit: 'operations/s', before: 2_000, after: 3_000, ratio: 1.5 },
      { name: 'restock: p99', unit: 'ms', before: 2, after: 2, ratio: 1 },
      { name: 'restock: server', unit: 'µs', before: 400, after: 100, ratio: 0.25 },
      { name: 'restock: PostgreSQL', unit: 'µs', before: null, after: null, ratio: null },
      { name: 'restock: load generator', unit: 'µs', before: 50, after: 50, ratio: 1 },
    ]));

  it('shows what only one of them has, the lines of the later run first', () =>
    expect(compare([line('gone', 5)], [line('new', 7)])).toEqual([
      { name: 'new', unit: 'operations/s', before: null, after: 7, ratio: null },
      { name: 'gone', unit: 'operations/s', before: 5, after: null, ratio: null },
    ]));

  it('has no ratio to nothing', () =>
    expect(compare([line('lag', 0)], [line('lag', 7)])).toMatchObject([{ before: 0, after: 7, ratio: null }]));
});
