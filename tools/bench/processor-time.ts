import { readdir, readFile } from 'node:fs/promises';

/** Of one process, in microseconds of processor time: its own, and that of its children that have ended. */
export type ProcessTime = Readonly<{ pid: number; parent: number; own: number; endedChildren: number }>;

/** What was used up to a moment, in microseconds; null where this system does not say. */
export type ProcessorTime = Readonly<{ server: number | null; postgres: number | null; generator: number }>;

/** Linux counts in hundredths of a second towards programs, whatever its own clock does. */
const microsecondsPerTick = 10_000;
/** A process that ends between two looks is looked for again. */
const mostLooks = 5;

/** The text of `/proc/<pid>/stat`. */
export function processTimeIn(stat: string): ProcessTime {
  // The name stands in brackets and may itself have blanks and brackets: what comes after the last one is numbers.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const number = (field: number): number => Number(fields[field - 3]);
  const ticks = (one: number, other: number): number => (number(one) + number(other)) * microsecondsPerTick;
  return { pid: Number.parseInt(stat, 10), parent: number(4), own: ticks(14, 15), endedChildren: ticks(16, 17) };
}

/** What a process and everything below it has used, those that have ended included; undefined where it is not among them. */
export function timeOfTree(root: number, processes: readonly ProcessTime[]): number | undefined {
  const top = processes.find(({ pid }) => pid === root);
  if (!top) return undefined;
  const below = processes.filter(({ parent }) => parent === root).map(({ pid }) => timeOfTree(pid, processes) ?? 0);
  return below.reduce((sum, time) => sum + time, top.own + top.endedChildren);
}

export const isInProc = process.platform === 'linux';

/**
 * Reads what the server (its process and those it has started), PostgreSQL (the first process and all its children) and this process have used.
 * Away from Linux a server says itself what it has used, and PostgreSQL does not.
 */
export async function processorTime(
  server: Readonly<{ pid: number; metrics(): Promise<string> }>,
  postgresPid: number,
): Promise<ProcessorTime> {
  const { user, system } = process.cpuUsage();
  const generator = user + system;
  if (!isInProc) return { server: processorTimeSaid(await server.metrics()), postgres: null, generator };
  const processes = await allProcesses(postgresPid);
  return { server: timeOfTree(server.pid, processes) ?? null, postgres: timeOfTree(postgresPid, processes) ?? null, generator };
}

/** Microseconds an operation. */
export function perOperation(before: ProcessorTime, after: ProcessorTime, operations: number): ProcessorTime {
  const share = (from: number | null, to: number | null): number | null => (from === null || to === null ? null : (to - from) / operations);
  return {
    server: share(before.server, after.server),
    postgres: share(before.postgres, after.postgres),
    generator: (after.generator - before.generator) / operations,
  };
}

/** A child that ends while the others are read is in the list or in its parent's sum, in both, or in neither: then all are read again. */
async function allProcesses(parent: number): Promise<ProcessTime[]> {
  for (let look = 1; ; look++) {
    const before = await processTime(parent);
    const processes: ProcessTime[] = [];
    for (const name of await readdir('/proc')) {
      const time = /^\d+$/.test(name) ? await processTime(Number(name)) : undefined;
      if (time) processes.push(time);
    }
    const after = await processTime(parent);
    if (before?.endedChildren === after?.endedChildren || look === mostLooks) return processes;
  }
}

/** Undefined where there is no such process any more. */
async function processTime(pid: number): Promise<ProcessTime | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : processTimeIn(stat);
}

/** From the figures for Prometheus, which are in seconds. */
export function processorTimeSaid(metrics: string): number | null {
  const seconds = /^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1];
  return seconds === undefined ? null : Number(seconds) * 1_000_000;
}
