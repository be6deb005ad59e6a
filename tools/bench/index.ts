import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../table.js';
import { commandsInProcess } from './commands.js';
import { commandsOverHttp } from './http-commands.js';
import { overTheWire } from './eventstoredb.js';
import { projectionLag } from './lag.js';
import { onALargeLog } from './large.js';
import { judged, type Line, type Measurement } from './line.js';
import { withPlace, type BenchPlace } from './place.js';

const help = `npm run bench [-- options]

Measures what design budgets exist for, each beside a raw probe of the same machine in the same minute.

  --only <names>     only these measurements, comma separated (commands, http, lag, large, eventstoredb)
  --seconds <n>      how long each load lasts (default 5)
  --events <n>       how long the log of the large measurements is (default 1000000)
  --parts <n>        how many parts that log is about (default a tenth of the events)
  --out <file>       also writes the lines as JSON

Exit code: 0 when every budget was met, 1 otherwise.`;

const benches: Readonly<Record<string, (place: BenchPlace) => Promise<Measurement[]>>> = {
  commands: commandsInProcess,
  http: commandsOverHttp,
  lag: projectionLag,
  large: onALargeLog,
  eventstoredb: overTheWire,
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '5' },
      events: { type: 'string', default: '1000000' },
      parts: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  const size = {
    seconds: Number(values.seconds),
    events: Number(values.events),
    parts: Number(values.parts ?? Math.ceil(Number(values.events) / 10)),
  };
  const lines: Line[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (values.only && !values.only.split(',').includes(name)) continue;
    console.error(`${name} …`);
    lines.push(...(await withPlace(size, bench)).map(judged));
  }
  console.log(table(['what', 'unit', 'value', 'probe', 'ratio', 'budget', 'met'], lines.map(cells)));
  if (values.out) await writeFile(resolve(process.env.INIT_CWD ?? process.cwd(), values.out), `${JSON.stringify(lines, null, 2)}\n`);
  process.exitCode = lines.every(({ met }) => met) ? 0 : 1;
}

const cells = ({ name, unit, value, probe, ratio, budget, met }: Line): string[] => [
  name,
  unit,
  String(value),
  String(probe ?? ''),
  String(ratio ?? ''),
  budget,
  met ? 'yes' : 'NO',
];

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
