import type { Position, RecordedEvent } from '#millwright/event-sourcing';
import { showQuantity, showValue } from '#millwright/quantities';
import type { RecordEvent, RecordState } from '#millwright/resources';
import { assets, downtimesOfAsset, locations, openDowntime, type Downtimes, type DowntimeEvent } from '#millwright/sites';
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
const withHistory = ['stock-levels', 'work-orders', 'costs', 'assets', 'locations', 'work-order-statuses', 'downtimes', 'labor-entries'];

type Plant = Readonly<{
  partIds: readonly number[];
  orderIds: readonly number[];
  /** The asset that all orders are about. */
  assetId: number;
  /** What it is part of. */
  lineId: number;
  locationIds: readonly number[];
  technicianId: number;
}>;

/** A month that is over: assets were down in it for some hours of some days, which are recorded now. */
const january = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };
const hourMs = 3_600_000;

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
  const lineId = await idOf('/assets', { asset: { name: 'Line' } });
  const assetId = await idOf('/assets', { asset: { name: 'Pump', location_id: locationIds[1], parent_id: lineId } });
  const technicianId = await idOf('/users', { user: { name: 'Tim', regular_rate: 41 } });
  const partIds: number[] = [];
  for (const number of numbers)
    partIds.push(await idOf('/parts', { part: { name: `Part ${number}`, on_hand_qty: 9, unit_cost: 2 + number } }));
  const orderIds: number[] = [];
  for (const number of numbers) orderIds.push(await idOf('/work_orders', { work_order: { title: `Order ${number}`, asset_id: assetId } }));
  const plant = { partIds, orderIds, assetId, lineId, locationIds, technicianId };
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) await doSomething(client, plant, random).catch(unlessRefused);
  await client.close();
  return plant;
}

function doSomething(client: ApiClient, plant: Plant, random: Random): Promise<unknown> {
  const { partIds, orderIds, assetId, lineId, locationIds, technicianId } = plant;
  const downtime = `/assets/${assetId}/downtimes`;
  const day = `2026-01-${random.between(10, 30)}T`;
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
    () => client.patch(`/assets/${random.pick([assetId, lineId])}`, { asset: { name } }),
    () => client.patch(`/assets/${assetId}`, { asset: { parent_id: random.pick([lineId, null]) } }),
    () => client.patch(`/parts/${part}`, { part: { assets_ids: random.pick([[assetId], [assetId, lineId], []]) } }),
    () => client.patch(`/assets/${assetId}`, { asset: { parts_ids: random.pick([[part], []]) } }),
    () =>
      client.post(downtime, {
        downtime: { started_at: `${day}08:00:00Z`, ended_at: `${day}${10 + quantity}:00:00Z`, work_order_id: order, planned: quantity > 2 },
      }),
    () => client.post(downtime, { downtime: { work_order_id: order } }),
    () => client.patch(`${downtime}/${random.between(1, 30)}`, { downtime: { ended_at: new Date().toISOString() } }),
    () => client.send('DELETE', `${downtime}/${random.between(1, 30)}`),
    () => client.post(`/work_orders/${order}/labor_entries`, { labor_entry: { technician_id: technicianId, hours: `0.${quantity}333` } }),
    () => client.post(`/work_orders/${order}/labor_entries/${random.between(1, 30)}/reverse`, { reason: 'Wrong' }),
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
const down = 'downtimes';
const figures = 'reliability';
const labor = 'labour';

/** All of which the streams of records and downtimes are folded into. */
type Folded = Readonly<{ states: States; records: ReadonlyMap<string, RecordState>; downtimes: Downtimes }>;

/** What the log says at those positions, each by the events up to it alone. */
function* momentsOf(
  log: readonly RecordedEvent[],
  plant: Plant,
  positions: ReadonlySet<Position>,
): Generator<[Position, Map<string, Seen>]> {
  const states = nothing();
  const records = new Map<string, RecordState>();
  let downtimes = downtimesOfAsset.initialState;
  for (const event of log) {
    fold(states, event);
    const definition = [assets, locations].find(({ category }) => event.stream.startsWith(`${category}-`));
    if (definition)
      records.set(
        event.stream,
        definition.stream.evolve(records.get(event.stream) ?? definition.stream.initialState, event as unknown as RecordEvent),
      );
    if (event.stream === `${downtimesOfAsset.category}-${plant.assetId}`)
      downtimes = downtimesOfAsset.evolve(downtimes, event as unknown as RecordedEvent<DowntimeEvent>);
    if (positions.has(event.position)) yield [event.position, expectedOf({ states, records, downtimes }, plant)];
  }
}

function expectedOf(folded: Folded, plant: Plant): Map<string, Seen> {
  const { states, records, downtimes } = folded;
  const { partIds, orderIds, assetId, lineId, locationIds } = plant;
  const expected = new Map<string, Seen>();
  for (const id of partIds) expected.set(`part ${id}`, states.parts.has(id) ? foldedPart(states, id) : 'nothing');
  const nameOf = (stream: string): string => String(records.get(stream)?.values['name']);
  const path = locationIds.map((id) => nameOf(`location-${id}`)).join(' > ');
  const asset = records.get(`asset-${assetId}`);
  const status = openDowntime(downtimes) === undefined ? 'online' : 'offline';
  const parts = [...states.parts].filter(([, { details }]) => (details['assetsIds'] as number[] | null)?.includes(assetId));
  const described = `${nameOf(`asset-${assetId}`)} in ${path}, ${status}, of ${numbers(parts.map(([id]) => id))}`;
  expected.set('asset', asset ? described : 'nothing');
  const above = asset?.values['parent_id' as never] ? `${nameOf(`asset-${lineId}`)} > ` : '';
  for (const id of orderIds) {
    const where = `${above}${nameOf(`asset-${assetId}`)}, ${latestOf(downtimes, id)}`;
    expected.set(`order ${id}`, states.orders.has(id) ? `${foldedOrder(states, id)} at ${where}` : 'nothing');
  }
  const all = [...downtimes].map(([id, { startedAt, endedAt }]) => ({ id, started_at: startedAt, ended_at: endedAt }));
  expected.set(down, asset ? downtimesSeen(all) : 'nothing');
  const hours = [...downtimes.values()].flatMap(({ startedAt, endedAt, planned }) =>
    endedAt === null || endedAt > january.to ? [] : [{ planned, hours: (Date.parse(endedAt) - Date.parse(startedAt)) / hourMs }],
  );
  const failures = hours.filter(({ planned }) => !planned).length;
  expected.set(figures, asset ? `${failures} in ${hours.reduce((sum, one) => sum + one.hours, 0)} h` : 'nothing');
  expected.set(labor, String(Number(showValue([...states.orders.values()].reduce((sum, { laborCosts }) => sum + laborCosts, 0n)))));
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

const numbers = (ids: readonly number[]): Seen => [...ids].sort((one, other) => one - other).join(' ');

type Times = Readonly<{ id: number; started_at: string; ended_at: string | null }>;

const downtimesSeen = (all: readonly Times[]): Seen =>
  [...all]
    .sort((one, other) => one.id - other.id)
    .map(({ id, started_at, ended_at }) => `${id} ${Date.parse(started_at)} ${ended_at && Date.parse(ended_at)}`)
    .join();

/** The latest downtime that names the order (S40). */
function latestOf(downtimes: Downtimes, order: number): Seen {
  const naming = [...downtimes].filter(([, { workOrderId }]) => workOrderId === order);
  naming.sort(([, one], [, other]) => Date.parse(other.startedAt) - Date.parse(one.startedAt));
  const [latest] = naming;
  return latest ? `${latest[0]} ${latest[1].endedAt === null ? 'offline' : 'online'}` : 'never down';
}

const collator = new Intl.Collator('und', { numeric: true });

const inOrder = (rows: readonly Readonly<{ id: number; name: string }>[]): Seen[] =>
  [...rows].sort((one, other) => collator.compare(one.name, other.name) || one.id - other.id).map(({ id, name }) => `${id} ${name}`);

async function answersAt(past: Past, { partIds, orderIds, assetId }: Plant, at: Position): Promise<Map<string, Seen>> {
  const answers = new Map<string, Seen>();
  const note = (question: string, answer: unknown, seen: (shown: never) => Seen): unknown =>
    answers.set(question, answer === undefined ? 'nothing' : seen(answer as never));
  for (const id of partIds) note(`part ${id}`, await past.part(id, at), partSeen);
  type Order = RestOrder & Readonly<{ asset_path: readonly { name: string }[]; downtime_tracking: { id: number; status: string } | null }>;
  const place = ({ asset_path, downtime_tracking }: Order): Seen =>
    `${asset_path.map(({ name }) => name).join(' > ')}, ${downtime_tracking ? `${downtime_tracking.id} ${downtime_tracking.status}` : 'never down'}`;
  for (const id of orderIds) note(`order ${id}`, await past.order(id, at), (shown: Order) => `${orderSeen(shown)} at ${place(shown)}`);
  type Asset = Readonly<{ name: string; status: string; location: Readonly<{ path: string }>; parts: readonly { id: number }[] }>;
  note(
    'asset',
    await past.asset(assetId, at),
    ({ name, status, location, parts }: Asset) => `${name} in ${location.path}, ${status}, of ${numbers(parts.map(({ id }) => id))}`,
  );
  note(down, await past.downtimes(assetId, { per_page: '1000' }, at), downtimesSeen);
  type Figures = Readonly<{ failures: number; downtime_hours: number }>;
  note(
    figures,
    await past.reliability(assetId, january, at),
    ({ failures, downtime_hours }: Figures) => `${failures} in ${downtime_hours} h`,
  );
  note(labor, await past.labor({ group_by: 'work_order' }, at), ({ total }: { total: { amount: number } }) => String(total.amount));
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
