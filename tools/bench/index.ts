import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { table } from '../table.js';
import { commandsInProcess } from './commands.js';
import { comparisonText } from './compare.js';
import { overTheWire } from './eventstoredb.js';
import { importedRows } from './import-rows.js';
import { projectionLag } from './lag.js';
import { onALargeLog } from './large.js';
import { judged, type Line, type Measurement } from './line.js';
import { manyMovements } from './many-movements.js';
import { memoryUnderLoad } from './memory.js';
import { namesOverHttp, overHttp } from './over-http/index.js';
import { twoBuilds } from './over-http/two-builds.js';
import { withPlace, type BenchPlace, type BenchSize } from './place.js';
import { isInProc } from './processor-time.js';
import { beginRun, describeRun, fileMeant, readRun } from './run.js';
import { schedulesDueAtOnce } from './schedules.js';

type Bench = Readonly<{
  measure: (place: BenchPlace) => Promise<Measurement[]>;
  /** It asks a server only, so that it can ask another build's. */
  isOfAServer: boolean;
  /** What it measures, where some of it can be picked. */
  names?: readonly string[];
}>;

const benches: Readonly<Record<string, Bench>> = {
  commands: { measure: commandsInProcess, isOfAServer: false },
  http: { measure: overHttp, isOfAServer: true, names: namesOverHttp },
  lag: { measure: projectionLag, isOfAServer: true },
  import: { measure: importedRows, isOfAServer: true },
  schedules: { measure: schedulesDueAtOnce, isOfAServer: true },
  movements: { measure: manyMovements, isOfAServer: true },
  large: { measure: onALargeLog, isOfAServer: false },
  memory: { measure: memoryUnderLoad, isOfAServer: false },
  eventstoredb: { measure: overTheWire, isOfAServer: false },
};

const help = `npm run bench [-- options]

Measures what design budgets exist for, each beside a raw probe of the same machine in the same minute: how many a second, how long one takes, and how
much processor time it costs the server, PostgreSQL and the load generator.

  --only <words>     only these, comma separated: ${Object.keys(benches).join(', ')}, or words out of the name of a scenario over HTTP
  --quick            little of everything: --seconds 1 --events 20000 --movements 20000
  --seconds <n>      how long each load lasts (default 5); that of memory 120 times as long
  --events <n>       how long the log of the large measurements is (default 1000000)
  --parts <n>        how many parts that log is about (default a tenth of the events)
  --movements <n>    how many movements the part has that has many (default 1000000)
  --build <folder>   starts the server of another build (its dist/); what needs no server is left out
  --beside <folder>  asks the servers of that build and of this one in turns, in one run: processor time of both, and nothing else
  --json <file>      also writes all figures, the commit, the machine and its load
  --compare <file>   prints before (that file, written by --json) and after; with a second file after it nothing is measured

Exit code: 0 when everything was measured and every budget was met, 1 when not, 2 for wrong usage.`;

class WrongUsage extends Error {}

function settings() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      seconds: { type: 'string' },
      events: { type: 'string' },
      parts: { type: 'string' },
      movements: { type: 'string' },
      build: { type: 'string' },
      beside: { type: 'string' },
      json: { type: 'string' },
      compare: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (positionals.length > (values.compare === undefined ? 0 : 1)) throw new WrongUsage(`${positionals.join(' ')}: not understood`);
  const usual = values.quick ? { seconds: 1, events: 20_000, movements: 20_000 } : { seconds: 5, events: 1_000_000, movements: 1_000_000 };
  const number = (name: 'seconds' | 'events' | 'parts' | 'movements', otherwise: number): number => {
    const given = Number(values[name] ?? otherwise);
    if (!(given > 0)) throw new WrongUsage(`--${name} must be a number above 0`);
    return given;
  };
  const events = number('events', usual.events);
  const words = values.only?.split(',').map((word) => word.trim().toLowerCase());
  return {
    size: {
      seconds: number('seconds', usual.seconds),
      events,
      parts: number('parts', Math.ceil(events / 10)),
      movements: number('movements', usual.movements),
      ...(values.build !== undefined && { build: fileMeant(values.build) }),
      ...(words && { words }),
    },
    picked: pickedBy(words, values.build !== undefined),
    json: values.json,
    earlierBuild: values.beside === undefined ? undefined : fileMeant(values.beside),
    before: values.compare,
    after: positionals[0],
  };
}

/** The names of the benches that words pick. */
function pickedBy(words: readonly string[] | undefined, isOtherBuild: boolean): string[] {
  const picks = (word: string, [name, { names = [] }]: [string, Bench]): boolean =>
    word === name || names.some((scenario) => scenario.toLowerCase().includes(word));
  const unknown = words?.find((word) => !Object.entries(benches).some((bench) => picks(word, bench)));
  if (unknown !== undefined) throw new WrongUsage(`--only: nothing is called ${unknown}`);
  return Object.entries(benches)
    .filter((bench) => (words?.some((word) => picks(word, bench)) ?? true) && (bench[1].isOfAServer || !isOtherBuild))
    .map(([name]) => name);
}

async function main(): Promise<void> {
  const options = settings();
  if (!options) return console.log(help);
  const { size, picked, json, earlierBuild, before, after } = options;
  const earlier = before === undefined ? undefined : await readRun(before);
  if (earlier && after !== undefined) return console.log(comparisonText(earlier, await readRun(after)));
  if (!isInProc) console.error('The processor time of PostgreSQL is measured on Linux only.');

  const missing: string[] = [];
  const failed = (name: string, error: unknown): void => {
    missing.push(name);
    console.error(`${name} was not measured:`, error);
  };
  if (earlierBuild !== undefined) return console.log(await twoBuilds({ ...size, failed }, earlierBuild));
  const completed = await beginRun(size);
  const lines = await measureAll(picked, { ...size, failed });
  const run = completed(lines);
  if (json !== undefined) await writeFile(fileMeant(json), `${JSON.stringify(run, null, 2)}\n`);
  console.log(`${describeRun(run)}\n\n${verdicts(lines)}\n\n${costs(lines)}`);
  for (const name of missing) console.log(`not measured: ${name}`);
  if (earlier) console.log(`\n${comparisonText(earlier, run)}`);
  process.exitCode = missing.length === 0 && lines.every(({ met }) => met) ? 0 : 1;
}

async function measureAll(picked: readonly string[], size: BenchSize): Promise<Line[]> {
  const lines: Line[] = [];
  for (const name of picked) {
    console.error(`${name} …`);
    const measure = benches[name]?.measure ?? (() => Promise.resolve([]));
    await withPlace(size, measure).then(
      (measurements) => lines.push(...measurements.map(judged)),
      (error: unknown) => size.failed(name, error),
    );
  }
  return lines;
}

const verdicts = (lines: readonly Line[]): string =>
  table(
    ['what', 'unit', 'value', 'probe', 'ratio', 'budget', 'met'],
    lines.map(({ name, unit, value, probe, ratio, budget, met }) => [
      name,
      unit,
      String(value),
      String(probe ?? ''),
      String(ratio ?? ''),
      budget,
      met ? 'yes' : 'NO',
    ]),
  );

const costs = (lines: readonly Line[]): string =>
  table(
    ['an operation', 'count', 'p50 ms', 'p99 ms', 'server µs', 'PostgreSQL µs', 'generator µs'],
    lines.flatMap(({ name, cost }) =>
      cost
        ? [
            [
              name,
              cost.count,
              cost.p50 ?? '',
              cost.p99 ?? '',
              cost.processor.server ?? '',
              cost.processor.postgres ?? '',
              cost.processor.generator,
            ].map(String),
          ]
        : [],
    ),
  );

// An end that runs through `exit` takes the database server along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
main().catch((error: unknown) => {
  console.error(error instanceof WrongUsage ? error.message : error);
  process.exitCode = error instanceof WrongUsage ? 2 : 1;
});
