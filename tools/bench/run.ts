import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Line } from './line.js';
import type { BenchSize } from './place.js';

/** One run of the bench, as `--json` writes it. */
export type Run = Readonly<{
  /** Of the build that was measured; null where that is no checkout. */
  commit: string | null;
  /** Files differ from the commit. */
  isChanged: boolean;
  node: string;
  date: string;
  size: Readonly<Pick<BenchSize, 'seconds' | 'events' | 'parts' | 'movements'>>;
  machine: Machine;
  lines: readonly Line[];
}>;

type Machine = Readonly<{
  system: string;
  processors: string;
  memoryGigabytes: number;
  /** Processes that wanted to run, on average over the last minute: the machine had other work where that is not near 0 before a run. */
  loadBefore: number;
  loadAfter: number;
}>;

/** Who ran it, on what; told before the run, and completed by what it measured. */
export async function beginRun({
  build,
  seconds,
  events,
  parts,
  movements,
}: Omit<BenchSize, 'failed'>): Promise<(lines: readonly Line[]) => Run> {
  const loadBefore = load();
  const source = await sourceOf(build ?? fileURLToPath(new URL('../../..', import.meta.url)));
  const date = new Date().toISOString();
  return (lines) => ({
    ...source,
    node: process.version,
    date,
    size: { seconds, events, parts, movements },
    machine: {
      system: `${platform()} ${release()} ${arch()}`,
      processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      loadBefore,
      loadAfter: load(),
    },
    lines,
  });
}

const load = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

async function sourceOf(folder: string): Promise<Pick<Run, 'commit' | 'isChanged'>> {
  const git = async (...args: string[]): Promise<string> => (await promisify(execFile)('git', ['-C', folder, ...args])).stdout.trim();
  try {
    return { commit: await git('rev-parse', '--short=12', 'HEAD'), isChanged: (await git('status', '--porcelain', '-uno')) !== '' };
  } catch {
    return { commit: null, isChanged: false };
  }
}

/** What a reader has to know before he believes a figure. */
export const describeRun = ({ commit, isChanged, node, date, size, machine }: Run): string =>
  [
    `commit ${commit ?? 'unknown'}${isChanged ? ' and what is not committed' : ''}, Node ${node}, ${date}`,
    `${machine.system}, ${machine.processors}, ${machine.memoryGigabytes} GB, load ${machine.loadBefore} before and ${machine.loadAfter} after`,
    `${size.seconds} s a load, ${size.events} events, ${size.parts} parts, ${size.movements} movements`,
  ].join('\n');

/** @throws Error the file is missing, or none of `--json` */
export async function readRun(file: string): Promise<Run> {
  const run = JSON.parse(await readFile(fileMeant(file), 'utf8')) as Partial<Run>;
  if (!Array.isArray(run.lines) || run.machine === undefined) throw new Error(`${file} was not written by npm run bench -- --json`);
  return run as Run;
}

/** npm changes into the package's folder; a path is meant from where the person stands. */
export const fileMeant = (file: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), file);
