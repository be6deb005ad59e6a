import type { Client } from 'pg';
import type { RecordedEvent } from '#millwright/event-sourcing';
import { orderEntry, part, type Part, type PartEvent } from '#millwright/inventory';
import { divideHalfUp, oneUnit, roundToCurrency, showQuantity, showValue } from '#millwright/quantities';
import { workOrder, type WorkOrder, type WorkOrderEvent } from '#millwright/work-orders';

/** What an answer says, in words that an answer and a fold of the log have in common. */
export type Seen = string;

/** Every event of the log as it is stored, read past the product. */
export async function readWholeLog(client: Client): Promise<RecordedEvent[]> {
  const { rows } = await client.query<{ position: string; canonical: string }>(
    'select global_position::text as position, canonical from log.events order by global_position',
  );
  return rows.map(({ position, canonical }) => ({ ...(JSON.parse(canonical) as RecordedEvent), position: BigInt(position) }));
}

type Plant = Readonly<{ orderIds: readonly number[]; partIds: readonly number[] }>;
type States = { parts: Map<number, Part>; orders: Map<number, WorkOrder> };

/** For each question all that could ever have been answered, with the places in the log where it could. */
export function prefixesOf(
  log: readonly RecordedEvent[],
  plant: Plant,
): { of: (question: string) => ReadonlyMap<Seen, readonly number[]> } {
  const views: Readonly<Record<string, (states: States) => Seen>> = {
    [`order ${plant.orderIds[0]} over REST`]: (states) => orderSeen(states, plant.orderIds[0] ?? 0),
    [`order ${plant.orderIds[1]} over GraphQL`]: (states) => orderSeen(states, plant.orderIds[1] ?? 0),
    'all parts over REST': (states) => plant.partIds.map((id) => partSeen(states, id)).join(' '),
    'orders and their parts in one document': (states) => documentSeen(states, plant),
  };
  const found = new Map(Object.keys(views).map((name) => [name, new Map<Seen, number[]>()]));
  const states: States = { parts: new Map(), orders: new Map() };
  log.forEach((event, index) => {
    fold(states, event);
    const { append } = event.metadata;
    if (append && append.index < append.size - 1) return;
    if (!plant.orderIds.every((id) => states.orders.has(id)) || !plant.partIds.every((id) => states.parts.has(id))) return;
    for (const [name, view] of Object.entries(views)) {
      const seen = view(states);
      const places = found.get(name)?.get(seen) ?? [];
      places.push(index);
      found.get(name)?.set(seen, places);
    }
  });
  return { of: (question) => found.get(question) ?? new Map<Seen, number[]>() };
}

function fold({ parts, orders }: States, event: RecordedEvent): void {
  const [category, id] = event.stream.split('-');
  const key = Number(id);
  if (category === part.category) parts.set(key, part.evolve(parts.get(key) ?? part.initialState, event as unknown as PartEvent));
  if (category === workOrder.category)
    orders.set(key, workOrder.evolve(orders.get(key) ?? workOrder.initialState, event as unknown as WorkOrderEvent));
}

const averageOf = ({ shelf, lastAverage }: Part): bigint =>
  shelf.quantity === 0n ? lastAverage : divideHalfUp(shelf.value * oneUnit, shelf.quantity);

function partSeen({ parts }: States, id: number): Seen {
  const state = parts.get(id) ?? part.initialState;
  const figures = [
    showQuantity(state.shelf.quantity),
    showQuantity(state.shelf.quantity - state.reserved),
    showValue(averageOf(state)),
    showValue(roundToCurrency(state.shelf.value, state.currency)),
  ];
  return [id, ...figures.map(Number)].join(':');
}

function orderSeen({ orders, parts }: States, id: number): Seen {
  const order = orders.get(id) ?? workOrder.initialState;
  const closed = order.phase === 'completed';
  const lines = [...order.parts.entries()]
    .sort(([one], [other]) => one - other)
    .map(([partId, { quantity }]) => {
      const state = parts.get(partId) ?? part.initialState;
      const exact = closed ? orderEntry(state, id).charge : divideHalfUp(quantity * averageOf(state), oneUnit);
      return { partId, quantity, cost: roundToCurrency(exact, state.currency) };
    });
  const total = Number(showValue(lines.reduce((sum, { cost }) => sum + cost, 0n)));
  const shown = lines.map(({ partId, quantity, cost }) => [partId, Number(showQuantity(quantity)), Number(showValue(cost))].join(':'));
  return `${id} in ${order.statusId} ${closed ? 'cost' : 'about'} ${total}: ${shown.join(' ')}`;
}

function documentSeen(states: States, { orderIds, partIds }: Plant): Seen {
  const completed = orderIds.filter((id) => states.orders.get(id)?.phase === 'completed');
  const stock = partIds.map((id) => `${id}:${Number(showQuantity(states.parts.get(id)?.shelf.quantity ?? 0n))}`);
  return `${completed.length} | ${completed.map((id) => orderSeen(states, id)).join(' | ')} | ${stock.join(' ')}`;
}
