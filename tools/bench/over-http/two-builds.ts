import { table } from '../../table.js';
import { withPlace, type BenchPlace, type BenchSize } from '../place.js';
import type { ProcessorTime } from '../processor-time.js';
import { MeasuredServer } from './measured-server.js';
import { Plant } from './plant.js';
import { requestsOf, scenariosWanted, type Scenario } from './scenarios.js';
import { connections, measure, type ApiRequest } from './target.js';

/** One of two builds with its own database, and what it is asked. */
type Side = Readonly<{ server: MeasuredServer; plant: Plant }>;
type Sides = readonly [earlier: Side, later: Side];
type Rounds = readonly [earlier: ProcessorTime[], later: ProcessorTime[]];

/** Long enough for the kernel's hundredths of a second, short enough that both builds meet the same minute. */
const secondsOfRound = 0.5;
const warmUpSeconds = 2;

/**
 * Two builds at the same time, each with a database of its own, asked in turns of half a second in an order drawn anew for each pair: what swings on the
 * machine swings for both. Told is the processor time of an operation, as the mean of the cheaper half of the rounds of each, since whatever disturbs a
 * round can only make it dearer.
 *
 * @returns a table of microseconds, and how many times the earlier build's the later build's are
 */
export async function twoBuilds(size: BenchSize, earlierBuild: string): Promise<string> {
  return withPlace({ ...size, build: earlierBuild }, (earlier) =>
    withPlace(size, async (later) => {
      const sides = [await sideOf(earlier), await sideOf(later)] as const;
      try {
        const rows: string[][] = [];
        for (const scenario of scenariosWanted(size.words).filter(isRepeatable)) {
          console.error(`  ${scenario.name}`);
          await inTurns(scenario, sides, size.seconds).then(
            (rounds) => rows.push(rowOf(scenario.name, rounds)),
            // The earlier build may not have what it is asked for.
            (error: unknown) => size.failed(scenario.name, error),
          );
        }
        return table(['µs of an operation', 'server', 'and now', 'ratio', 'PostgreSQL', 'and now', 'ratio', 'both'], rows);
      } finally {
        for (const { server } of sides) await server.dispose();
      }
    }),
  );
}

/** What uses its records up, or needs others beside it, has no rounds. */
const isRepeatable = ({ about, beside }: Scenario): boolean => about !== 'order of ten parts' && !beside;

async function sideOf(place: BenchPlace): Promise<Side> {
  const server = await MeasuredServer.start(place);
  return { server, plant: new Plant(server, 0) };
}

async function inTurns(scenario: Scenario, sides: Sides, seconds: number): Promise<Rounds> {
  const rounds: Rounds = [[], []];
  const asked = [await requestsOn(sides[0], scenario), await requestsOn(sides[1], scenario)] as const;
  const ask = async (which: 0 | 1, forSeconds: number): Promise<ProcessorTime> => {
    const loading = { seconds: forSeconds, callers: scenario.callers ?? connections, operationsPerRequest: scenario.recordsPerRequest };
    return (await measure(sides[which].server, { ...loading, warmUp: asked[which], request: asked[which] })).cost.processor;
  };
  for (const which of [0, 1] as const) await ask(which, warmUpSeconds);
  for (let round = 0; round < seconds / secondsOfRound; round++)
    for (const which of Math.random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const)) rounds[which].push(await ask(which, secondsOfRound));
  return rounds;
}

async function requestsOn({ server, plant }: Side, scenario: Scenario): Promise<() => ApiRequest | undefined> {
  const { all, measured } = await plant.supply(scenario.about, 'hot');
  for (const id of scenario.before ? all : []) for (const request of scenario.before?.(id) ?? []) await server.insist(request);
  return requestsOf(scenario, measured);
}

function rowOf(name: string, [earlier, later]: Rounds): string[] {
  const figures = (['server', 'postgres'] as const).map((of) => [cheaperHalf(earlier, of), cheaperHalf(later, of)] as const);
  const ratio = (was: number, is: number): string => (was > 0 ? (is / was).toFixed(2) : '');
  const both = figures.reduce(([was, is], [moreWas, moreIs]) => [was + moreWas, is + moreIs] as const, [0, 0] as const);
  return [name, ...figures.flatMap(([was, is]) => [was.toFixed(0), is.toFixed(0), ratio(was, is)]), ratio(...both)];
}

/** Zero where this system does not say. */
function cheaperHalf(rounds: readonly ProcessorTime[], of: 'server' | 'postgres'): number {
  const times = rounds.map((round) => round[of] ?? 0).sort((one, other) => one - other);
  const half = times.slice(0, Math.ceil(times.length / 2));
  return half.reduce((sum, time) => sum + time, 0) / half.length;
}
