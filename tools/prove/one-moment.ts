import type { Position } from '#millwright/event-sourcing';
import { ApiClient, type Answer } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { names, prefixesOf, readWholeLog, type Plant, type Seen } from './log-prefixes.js';
import { orderSeen, partSeen, questions, type Question, type RestOrder } from './moment-questions.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import type { Random } from './random.js';
import { withServer } from './with-server.js';

const commandsAtMost = 2_000;
const orders = 6;
const parts = 12;
const poller = 'a poller';
/** One write in so many is read back at once. */
const readBackEvery = 4;

/** An answer, and the position it must not be older than. */
type Sighting = Readonly<{ seen: Seen; atLeast: Position }>;
/** What one client was shown one after another when it asked for one thing. */
type Watch = Readonly<{ by: string; question: string; sightings: Sighting[] }>;

async function pollBesideWrites(server: ServerProcess, circumstances: Circumstances): Promise<Findings> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1 });
  const plant = await plantOf(client);
  const over = new AbortController();
  const pollers = questions(plant).map((question) => poll(client, question, over.signal));
  const written = await new Hands(client, plant, circumstances).work().finally(() => over.abort());
  const watches = [...(await Promise.all(pollers)), ...written.watches];
  await client.close();
  const log = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), readWholeLog);
  const prefixes = prefixesOf(log, plant);
  const judged = watches
    .filter(({ sightings }) => sightings.length > 0)
    .map((watch) => ({ ...watch, ...judge(watch.sightings, prefixes.of(watch.question)) }));
  const told = (what: 'torn' | 'backward' | 'late'): string[] =>
    judged.flatMap(({ by, question, [what]: answers }) => answers.map((answer) => `${by}, ${question}: ${answer}`));
  return {
    claims: [
      none('every answer is the fold of some prefix of the log', told('torn')),
      none('nobody is shown an older state than before', told('backward')),
      none('nobody is shown less than it has written, or has asked for', told('late')),
      {
        claim: 'there was something to see',
        held: judged.reduce((sum, { sightings }) => sum + differentOnes(sightings) - 1, 0) >= pollers.length,
        figure: `${judged.reduce((sum, { sightings }) => sum + sightings.length, 0)} answers`,
      },
    ],
    figures: { commands: written.commands, 'events in the log': log.length, ...figuresOf(judged) },
  };
}

const differentOnes = (sightings: readonly Sighting[]): number => new Set(sightings.map(({ seen }) => seen)).size;

/** How many answers, and how many different ones, by who asked for what. */
function figuresOf(watches: readonly Watch[]): Record<string, string> {
  const figures = new Map<string, { answers: number; different: Set<Seen> }>();
  for (const { by, question, sightings } of watches) {
    const name = by === poller ? `${by}: ${question}` : by;
    const figure = figures.get(name) ?? { answers: 0, different: new Set() };
    for (const { seen } of sightings) figure.different.add(seen);
    figures.set(name, { ...figure, answers: figure.answers + sightings.length });
  }
  return Object.fromEntries([...figures].map(([name, { answers, different }]) => [name, `${answers}, ${different.size} different`]));
}

async function plantOf(client: ApiClient): Promise<Plant> {
  const partIds: number[] = [];
  for (let number = 0; number < parts; number++) {
    const part = { name: `Part ${String(number).padStart(2, '0')}`, on_hand_qty: 200, unit_cost: 2 + number };
    partIds.push((await client.post<{ id: number }>('/parts', { part })).data.id);
  }
  const orderIds: number[] = [];
  for (let number = 0; number < orders; number++) {
    const { id } = (await client.post<{ id: number }>('/work_orders', { work_order: { title: `Order ${number}` } })).data;
    orderIds.push(id);
    // Orders share parts, so that each moves the other's estimate.
    for (let line = 0; line < 4; line++)
      await client.post(`/work_orders/${id}/parts`, { part_id: partIds[(number * 2 + line) % parts], quantity: 1 + line });
  }
  return { partIds, orderIds };
}

/** Several hands at once; each knows the orders that are its own, so that nothing it asks for is refused. */
class Hands {
  private commands = 0;
  private readonly until: number;
  private readonly watches: Watch[] = [];

  constructor(
    private readonly client: ApiClient,
    private readonly plant: Plant,
    private readonly circumstances: Circumstances,
  ) {
    this.until = performance.now() + circumstances.seconds * 1000;
  }

  async work(): Promise<Readonly<{ commands: number; watches: readonly Watch[] }>> {
    const { random } = this.circumstances;
    await Promise.all([...this.plant.orderIds.map((id) => this.onOrder(id)), this.onParts(random), this.onParts(random)]);
    return { commands: this.commands, watches: this.watches };
  }

  /** Completes and reopens one order; its answers and what is read back without a position are of some moment, too. */
  private async onOrder(id: number): Promise<void> {
    const answered = this.watch('the answer to a change', names.order(id));
    const readBack = this.watch('read back without a position', names.order(id));
    for (let status = 5; this.busy(); status = status === 5 ? 1 : 5) {
      const answer = await this.client.patch<RestOrder>(`/work_orders/${id}`, { work_order: { status_id: status } });
      answered.push({ seen: orderSeen(answer.data), atLeast: 0n });
      if (this.commands % readBackEvery !== 0) continue;
      const { data } = await this.client.get<RestOrder>(`/work_orders/${id}`);
      readBack.push({ seen: orderSeen(data), atLeast: positionOf(answer) });
    }
  }

  private async onParts(choices: Random): Promise<void> {
    const { partIds } = this.plant;
    const watches = new Map(partIds.map((id) => [id, this.watch('read back with its position', names.part(id))]));
    while (this.busy()) {
      const id = choices.pick(partIds);
      const answer =
        choices.next() < 0.5
          ? await this.client.patch<PartAnswer>(`/parts/${id}/restock`, {
              quantity: choices.between(1, 9),
              cost: `${choices.between(1, 40)}.${choices.between(10, 99)}`,
            })
          : await this.client.patch<PartAnswer>(`/parts/${id}/reconcile`, { quantity: choices.next() < 0.5 ? 1 : -1, note: 'count' });
      watches.get(id)?.push({ seen: partSeen(answer.data), atLeast: 0n });
      if (this.commands % readBackEvery !== 0) continue;
      const { data } = await this.client.get<PartAnswer>(`/parts/${id}`, { min_position: answer.position ?? '0' });
      watches.get(id)?.push({ seen: partSeen(data), atLeast: positionOf(answer) });
    }
  }

  private busy(): boolean {
    const goesOn = this.commands < commandsAtMost && performance.now() < this.until;
    if (goesOn) this.commands += 1;
    return goesOn;
  }

  private watch(by: string, question: string): Sighting[] {
    const sightings: Sighting[] = [];
    this.watches.push({ by, question, sightings });
    return sightings;
  }
}

type PartAnswer = Parameters<typeof partSeen>[0];

const positionOf = ({ position = '0' }: Answer): Position => BigInt(position);

async function poll(client: ApiClient, { name, ask }: Question, signal: AbortSignal): Promise<Watch> {
  const sightings: Sighting[] = [];
  while (!signal.aborted) sightings.push({ seen: await ask(client), atLeast: 0n });
  return { by: poller, question: name, sightings };
}

type Verdict = Readonly<{ torn: Seen[]; backward: Seen[]; late: Seen[] }>;

/** Walks through the states of the log: each answer must be one of them, at or after the one before it, and not before what it must contain. */
function judge(sightings: readonly Sighting[], states: ReadonlyMap<Seen, readonly Position[]>): Verdict {
  const verdict: Verdict = { torn: [], backward: [], late: [] };
  let reached = 0n;
  for (const { seen, atLeast } of sightings) {
    const positions = states.get(seen);
    const next = positions?.find((position) => position >= reached && position >= atLeast);
    if (!positions) verdict.torn.push(seen);
    else if (next !== undefined) reached = next;
    else verdict[positions.some((position) => position >= reached) ? 'late' : 'backward'].push(seen);
  }
  return verdict;
}

/** R13: an answer is a state that existed. */
await prove(
  'R13: what is answered beside completions, reopenings, restocks and counts is the fold of some prefix of the log',
  240,
  (circumstances) => withServer((server) => pollBesideWrites(server, circumstances)),
);
