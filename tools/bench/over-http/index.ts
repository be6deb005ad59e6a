import type { Cost, Measurement } from '../line.js';
import { busyFor, loadFor, type Load } from '../load.js';
import type { BenchPlace } from '../place.js';
import { durableInserts } from '../probes.js';
import { bareRoutes } from './bare-routes.js';
import { MeasuredServer } from './measured-server.js';
import { many, Plant, type Numbers, type Records } from './plant.js';
import { onePart, requestsOf, restock, scenarios, scenariosWanted, type BareRoute, type Scenario } from './scenarios.js';
import { connections, measure, type ApiRequest } from './target.js';

/** Durable INSERTs a second, and microseconds that a bare Fastify route takes of its process. */
type Probes = Readonly<{ durableInserts: number; bare: Readonly<Record<BareRoute, number | null>> }>;

type Measuring = Readonly<{ server: MeasuredServer; plant: Plant; place: BenchPlace; probes: Probes }>;

const probeSeconds = 3;

/** Every scenario over HTTP: all on hot records, then all on cold ones, each of those after a start of the server. */
export async function overHttp(place: BenchPlace): Promise<Measurement[]> {
  const wanted = scenariosWanted(place.words);
  const server = await MeasuredServer.start(place);
  try {
    const plant = new Plant(server, place.seconds);
    const { lines, probes } = await measureProbes(server, plant, place);
    for (const records of ['hot', 'cold'] as const) {
      for (const scenario of wanted) {
        if (!(scenario.records?.includes(records) ?? true)) continue;
        const began = performance.now();
        await measured(scenario, records, { server, plant, place, probes }).then(
          (measurements) =>
            lines.push(...measurements, ...(records === 'hot' ? besideTheOther(scenario, [...lines, ...measurements]) : [])),
          (error: unknown) => place.failed(`${scenario.name}, ${records}`, error),
        );
        console.error(`  ${scenario.name}, ${records}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
      }
    }
    return lines;
  } finally {
    await server.dispose();
  }
}

export const namesOverHttp: readonly string[] = scenarios.map(({ name }) => name);

async function measureProbes(server: MeasuredServer, plant: Plant, place: BenchPlace): Promise<{ lines: Measurement[]; probes: Probes }> {
  const seconds = Math.min(place.seconds, probeSeconds);
  const { all } = await plant.supply('one part', 'hot');
  const [part = 0] = all;
  const onBare = async (name: string, request: ApiRequest): Promise<Measurement[]> =>
    bareRoutes(name, request, await server.send(request), { seconds, postgresPid: place.postgresPid });
  const inserts = await durableInserts(place.ownerUrl, 16, seconds);
  const restocks = await onBare('body and answer of a restock', restock(part));
  const reads = await onBare('answer of GET one part', onePart(part));
  const timeOf = ([onFastify]: readonly Measurement[]): number | null => onFastify?.cost?.processor.server ?? null;
  return {
    lines: [...restocks, ...reads],
    probes: { durableInserts: inserts, bare: { restock: timeOf(restocks), GET: timeOf(reads) } },
  };
}

async function measured(scenario: Scenario, records: Records, { server, plant, place, probes }: Measuring): Promise<Measurement[]> {
  const { about, callers = connections, recordsPerRequest = 1, before, beside } = scenario;
  const supply = await plant.supply(about, records);
  if (before)
    await many(supply.all.length, async (number) => {
      for (const request of before(supply.all[number] ?? 0)) await server.insist(request);
    });
  if (records === 'cold') await server.restart();
  const warmUp = requestsOf(scenario, supply.warmUp);
  const request = requestsOf(scenario, supply.measured);
  if (beside) return besideOthers(scenario, request, keepBusy(server, supply.measured, beside), { server, place });
  const { load, cost } = await measure(server, {
    seconds: place.seconds,
    callers,
    operationsPerRequest: recordsPerRequest,
    warmUp,
    request,
  });
  return linesOf(scenario, records, load, cost, probes);
}

function linesOf({ name, bare, budget = {} }: Scenario, records: Records, load: Load, cost: Cost, probes: Probes): Measurement[] {
  const line = `${name}, ${records}`;
  const unit = 'operations/s';
  if (records === 'cold') return [{ name: line, unit, value: load.perSecond, probe: null, budget: { none: true }, cost }];
  const { durableInserts: share, p99, microseconds } = budget;
  const isMeasuredAgainst: Pick<Measurement, 'probe' | 'budget'> =
    share === undefined ? { probe: null, budget: { none: true } } : { probe: probes.durableInserts, budget: { atLeastTimesProbe: share } };
  const time = microseconds?.of === 'server and PostgreSQL' ? sumOf(cost.processor.server, cost.processor.postgres) : cost.processor.server;
  return [
    { name: line, unit, value: load.perSecond, ...isMeasuredAgainst, cost },
    ...(p99 === undefined ? [] : [p99Line(line, load.p99, p99)]),
    ...((microseconds === undefined && bare === undefined) || time === null
      ? []
      : [
          {
            name: `${line}, processor time of ${microseconds?.of ?? 'server'}`,
            unit: 'µs',
            value: time,
            probe: bare === undefined ? null : probes.bare[bare],
            budget: microseconds === undefined ? ({ none: true } as const) : { atMost: microseconds.atMost },
          },
        ]),
  ];
}

/** What it costs server and PostgreSQL beside the scenario that it is compared with, where that was measured. */
function besideTheOther({ name, against, budget }: Scenario, lines: readonly Measurement[]): Measurement[] {
  const costOf = (scenario: string): number | null => {
    const processor = lines.find((line) => line.name === `${scenario}, hot`)?.cost?.processor;
    return processor ? sumOf(processor.server, processor.postgres) : null;
  };
  const [value, probe] = [costOf(name), against === undefined ? null : costOf(against)];
  if (value === null || probe === null || budget?.timesOther === undefined) return [];
  return [{ name: `${name}, beside "${against}"`, unit: 'µs', value, probe, budget: { atMostTimesProbe: budget.timesOther } }];
}

const sumOf = (one: number | null, other: number | null): number | null => (one === null || other === null ? null : one + other);

const p99Line = (name: string, value: number, atMost: number): Measurement => ({
  name: `${name}, p99`,
  unit: 'ms',
  value,
  probe: null,
  budget: { atMost },
});

/** What the others cost cannot be told from what this costs, so only the time is said. */
async function besideOthers(
  { name, budget }: Scenario,
  request: () => ApiRequest | undefined,
  others: () => Promise<unknown>,
  { server, place }: Pick<Measuring, 'server' | 'place'>,
): Promise<Measurement[]> {
  const work = (): Promise<string> | undefined => {
    const next = request();
    return next && server.send(next);
  };
  const load = await loadFor(place.seconds, connections / 2, work);
  await others();
  await server.settled();
  return [
    { name: `${name}, hot`, unit: 'operations/s', value: load.perSecond, probe: null, budget: { none: true } },
    ...(budget?.p99 === undefined ? [] : [p99Line(`${name}, hot`, load.p99, budget.p99)]),
  ];
}

/** @returns what ends it */
function keepBusy(server: MeasuredServer, numbers: Numbers, request: (id: number) => ApiRequest): () => Promise<unknown> {
  let isOver = false;
  const busy = busyFor(Infinity, connections / 2, () => {
    const id = isOver ? undefined : numbers();
    return id === undefined ? undefined : server.send(request(id));
  });
  busy.catch(() => undefined); // whoever ends it hears of it
  return () => {
    isOver = true;
    return busy;
  };
}
