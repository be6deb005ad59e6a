import type { Position, RecordedEvent } from '#millwright/event-sourcing';
import { showQuantity } from '#millwright/quantities';
import type { RecordEvent, RecordState } from '#millwright/resources';
import { assets, locations } from '#millwright/sites';
import { ApiClient, ApiError } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { fold, nothing, orderSeen as foldedOrder, partSeen as foldedPart, readWholeLog, type States } from './log-prefixes.js';
import { orderSeen, partSeen, type RestOrder } from './moment-questions.js';
import { codeOf, withPast, type Past } from './past-application.js';
import { none, prove, type Circumstances, type Finding, type Findings } from './proof.js';
import type { Random } from './random.js';
import { withServer } from './with-server.js';

const positionsAtMost = 1_000;
/** Positions that are asked about a second of the proof. */
const positionsASecond = 25;
const withHistory = ['stock-levels', 'work-orders', 'costs', 'assets', 'locations', 'work-order-statuses'];

type Plant = Readonly<{ partIds: readonly number[]; orderIds: readonly number[]; assetId: number; locationIds: readonly number[] }>;

async function askAboutThePast({ random, seconds }: Circumstances): Promise<Findings> {
  return withServer(async (server) => {
    const plant = await workOn(server, random, seconds);
    const log = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), readWholeLog);
    // What a killed server has not written of the past yet, the next start writes.
    await server.end('SIGKILL');
    return withPast(server.dataDir, async (past) => {
      const wrong: string[] = [];
      const asked = Math.min(positionsAtMost, seconds * positionsASecond);
      const positions = new Set<Position>();
      while (positions.size < Math.min(asked, log.length)) positions.add(random.pick(log).position);
      for (const [position, expected] of momentsOf(log, plant, positions))
        for (const [question, seen] of await answersAt(past, plant, position))
          if (seen !== expected.get(question)) wrong.push(`${question} at ${position}: ${seen}, not ${expected.get(question)}`);
      const head = log.at(-1)?.position ?? 0n;
      const beyond = await past.part(plant.partIds[0] ?? 0, head + 1_000n).then(() => 'an answer', codeOf);
      const strayed = await past.refusalOfCursor(head, head - 1n);
      const live = await past.digests(withHistory);
      await past.rebuild(withHistory);
      const rebuilt = await past.digests(withHistory);
      return {
        claims: [
          none('every answer is the fold of the prefix of the log that it is about', wrong),
          none(
            'rebuilt versions are those that were written live',
            withHistory.filter((_, index) => live[index]?.digest !== rebuilt[index]?.digest),
          ),
          refused('what the log has not reached is not answered from today’s rows', 'UNAVAILABLE', beyond),
          refused('a cursor belongs to the moment that it was given for', 'VALIDATION_FAILED', strayed),
        ],
        figures: { 'events in the log': log.length, 'positions asked about': positions.size },
      };
    });
  });
}

const refused = (claim: string, code: string, met: string): Finding => ({ claim, held: met === code, figure: met });

/** A plant in which everything changes that an answer shows: stock, orders, names, places, what is archived. */
async function workOn(server: ServerProcess, random: Random, seconds: number): Promise<Plant> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1 });
  const idOf = async (path: string, body: object): Promise<number> => (await client.post<{ id: number }>(path, body)).data.id;
  const numbers = [0, 1, 2, 3, 4, 5];
  const locationIds = [await idOf('/locations', { location: { name: 'Plant' } })];
  locationIds.push(await idOf('/locations', { location: { name: 'Hall', parent_id: locationIds[0] } }));
  const assetId = await idOf('/assets', { asset: { name: 'Pump', location_id: locationIds[1] } });
  const partIds: number[] = [];
  for (const number of numbers)
    partIds.push(await idOf('/parts', { part: { name: `Part ${number}`, on_hand_qty: 9, unit_cost: 2 + number } }));
  const orderIds: number[] = [];
  for (const number of numbers) orderIds.push(await idOf('/work_orders', { work_order: { title: `Order ${number}`, asset_id: assetId } }));
  const plant = { partIds, orderIds, assetId, locationIds };
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) await doSomething(client, plant, random).catch(unlessRefused);
  await client.close();
  return plant;
}

function doSomething(client: ApiClient, { partIds, orderIds, assetId, locationIds }: Plant, random: Random): Promise<unknown> {
  const [part, order, location] = [random.pick(partIds), random.pick(orderIds), random.pick(locationIds)];
  const name = `${random.pick(['Gasket', 'gasket', 'Bearing', 'Ölfilter', 'Part'])} ${random.between(1, 20)}`;
  const quantity = random.between(1, 4);
  const work = random.pick([
    () => client.patch(`/parts/${part}/restock`, { quantity, cost: `${random.between(1, 40)}.${random.between(10, 99)}` }),
    () => client.patch(`/parts/${part}/reconcile`, { quantity: -1, note: 'count' }),
    () => client.patch(`/parts/${part}`, { part: { name } }),
    () => client.patch(`/parts/${part}/${random.pick(['archive', 'unarchive', 'unarchive'])}`, undefined),
    () => client.post(`/work_orders/${order}/parts`, { part_id: part, quantity }),
    () => client.patch(`/work_orders/${order}`, { work_order: { status_id: random.pick([1, 2, 3, 5, 5]) } }),
    () => client.patch(`/work_orders/${order}`, { work_order: { title: name } }),
    () => client.patch(`/work_orders/${order}/${random.pick(['archive', 'unarchive', 'unarchive'])}`, undefined),
    () => client.patch(`/locations/${location}`, { location: { name } }),
    () => client.patch(`/assets/${assetId}`, { asset: { name } }),
  ]);
  return work();
}

function unlessRefused(refusal: unknown): void {
  if (!(refusal instanceof ApiError) || refusal.status < 400 || refusal.status >= 500) throw refusal;
}

type Seen = string;
type Shown = Readonly<{ id: number; name?: string; title?: string; on_hand_qty: number }>;

const byName = 'parts by name';
const byStock = 'parts by stock';
const byTitle = 'open orders by title';

/** What the log says at those positions, each by the events up to it alone. */
function* momentsOf(
  log: readonly RecordedEvent[],
  plant: Plant,
  positions: ReadonlySet<Position>,
): Generator<[Position, Map<string, Seen>]> {
  const states = nothing();
  const records = new Map<string, RecordState>();
  for (const event of log) {
    fold(states, event);
    const definition = [assets, locations].find(({ category }) => event.stream.startsWith(`${category}-`));
    if (definition)
      records.set(
        event.stream,
        definition.stream.evolve(records.get(event.stream) ?? definition.stream.initialState, event as unknown as RecordEvent),
      );
    if (positions.has(event.position)) yield [event.position, expectedOf(states, records, plant)];
  }
}

function expectedOf(states: States, records: ReadonlyMap<string, RecordState>, plant: Plant): Map<string, Seen> {
  const { partIds, orderIds, assetId, locationIds } = plant;
  const expected = new Map<string, Seen>();
  for (const id of partIds) expected.set(`part ${id}`, states.parts.has(id) ? foldedPart(states, id) : 'nothing');
  for (const id of orderIds) expected.set(`order ${id}`, states.orders.has(id) ? foldedOrder(states, id) : 'nothing');
  const nameOf = (stream: string): string => String(records.get(stream)?.values['name']);
  const path = locationIds.map((id) => nameOf(`location-${id}`)).join(' > ');
  expected.set('asset', records.has(`asset-${assetId}`) ? `${nameOf(`asset-${assetId}`)} in ${path}` : 'nothing');
  const stocked = [...states.parts].filter(([, { archived }]) => !archived);
  const named = stocked.map(([id, { details }]) => ({ id, name: String(details['name']) }));
  expected.set(byName, inOrder(named).join());
  const shelved = stocked.map(([id, { shelf }]) => ({ id, quantity: shelf.quantity }));
  shelved.sort((one, other) => (one.quantity === other.quantity ? other.id - one.id : one.quantity > other.quantity ? -1 : 1));
  expected.set(byStock, shelved.map(({ id, quantity }) => `${id} ${Number(showQuantity(quantity))}`).join());
  const open = [...states.orders].filter(([, { archived, phase }]) => !archived && (phase === 'open' || phase === 'completing'));
  const titled = open.map(([id, { details }]) => ({ id, name: String(details['title']) }));
  expected.set(byTitle, inOrder(titled).join());
  return expected;
}

const collator = new Intl.Collator('und', { numeric: true });

const inOrder = (rows: readonly Readonly<{ id: number; name: string }>[]): Seen[] =>
  [...rows].sort((one, other) => collator.compare(one.name, other.name) || one.id - other.id).map(({ id, name }) => `${id} ${name}`);

async function answersAt(past: Past, { partIds, orderIds, assetId }: Plant, at: Position): Promise<Map<string, Seen>> {
  const answers = new Map<string, Seen>();
  const note = (question: string, answer: unknown, seen: (shown: never) => Seen): unknown =>
    answers.set(question, answer === undefined ? 'nothing' : seen(answer as never));
  for (const id of partIds) note(`part ${id}`, await past.part(id, at), partSeen);
  for (const id of orderIds) note(`order ${id}`, await past.order(id, at), (shown: RestOrder) => orderSeen(shown));
  type Asset = Readonly<{ name: string; location: Readonly<{ path: string }> }>;
  note('asset', await past.asset(assetId, at), ({ name, location }: Asset) => `${name} in ${location.path}`);
  const named = ({ id, name, title }: Shown): Seen => `${id} ${name ?? title}`;
  answers.set(byName, ((await past.parts({ sort: 'name asc' }, at)) as Shown[]).map(named).join());
  const stocked = (await past.parts({ sort: 'on_hand_qty desc' }, at)) as Shown[];
  answers.set(byStock, stocked.map(({ id, on_hand_qty }) => `${id} ${on_hand_qty}`).join());
  const open = (await past.orders({ sort: 'title asc', 'filter[status_kind]': 'open' }, at)) as Shown[];
  answers.set(byTitle, open.map(named).join());
  return answers;
}

/** The past is what the log says of it. */
await prove(
  'What is asked as of a position is the fold of the log up to it, over lists, single reads and what they mention',
  40,
  askAboutThePast,
);
