import type { Client } from 'pg';
import type { Position, RecordedEvent } from '#millwright/event-sourcing';
import { entriesInOrder, isPartTransaction, orderEntry, part, type Part, type PartEvent } from '#millwright/inventory';
import { divideHalfUp, oneUnit, roundToCurrency, showQuantity, showValue, toQuantity } from '#millwright/quantities';
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

export type Plant = Readonly<{ orderIds: readonly number[]; partIds: readonly number[] }>;

/** What can be asked of a plant. */
export const names = {
  order: (id: number): string => `order ${id}`,
  part: (id: number): string => `part ${id}`,
  allParts: 'all parts',
  document: 'completed orders and all parts in one document',
  movements: (id: number): string => `part ${id} and its movements`,
  transactions: (id: number): string => `the transactions of part ${id}`,
  costs: 'the report of costs',
};

/** The movements of a part: how many, how many units orders used, and the last one. */
type Movements = Readonly<{ count: number; used: bigint; lastId: number; onHand: string }>;
export type States = { parts: Map<number, Part>; orders: Map<number, WorkOrder>; movements: Map<number, Movements> };

/** All that could ever have been answered to a question, each with the positions up to which the log said so. */
export type Prefixes = Readonly<{ of: (question: string) => ReadonlyMap<Seen, readonly Position[]> }>;

export function prefixesOf(log: readonly RecordedEvent[], plant: Plant): Prefixes {
  const views = viewsOf(plant);
  const found = new Map([...views.keys()].map((name) => [name, new Map<Seen, Position[]>()]));
  const states = nothing();
  for (const event of log) {
    fold(states, event);
    const { append } = event.metadata;
    if (append && append.index < append.size - 1) continue;
    if (!plant.orderIds.every((id) => states.orders.has(id)) || !plant.partIds.every((id) => states.parts.has(id))) continue;
    for (const [name, view] of views) {
      const seen = view(states);
      const positions = found.get(name)?.get(seen) ?? [];
      positions.push(event.position);
      found.get(name)?.set(seen, positions);
    }
  }
  return { of: (question) => found.get(question) ?? new Map<Seen, Position[]>() };
}

function viewsOf(plant: Plant): Map<string, (states: States) => Seen> {
  const { orderIds, partIds } = plant;
  const views = new Map<string, (states: States) => Seen>([
    [names.allParts, (states) => partIds.map((id) => partSeen(states, id)).join(' ')],
    [names.document, (states) => documentSeen(states, plant)],
    [names.costs, (states) => String(costsOf(states))],
  ]);
  for (const id of orderIds) views.set(names.order(id), (states) => orderSeen(states, id));
  for (const id of partIds) {
    views.set(names.part(id), (states) => partSeen(states, id));
    views.set(names.movements(id), (states) => movementsSeen(states, id, partSeen(states, id)));
    views.set(names.transactions(id), (states) =>
      movementsSeen(states, id, `used ${Number(showQuantity(states.movements.get(id)?.used ?? 0n))}`),
    );
  }
  return views;
}

export const nothing = (): States => ({ parts: new Map(), orders: new Map(), movements: new Map() });

export function fold({ parts, orders, movements }: States, event: RecordedEvent): void {
  const [category, id] = event.stream.split('-');
  const key = Number(id);
  if (category === workOrder.category)
    orders.set(key, workOrder.evolve(orders.get(key) ?? workOrder.initialState, event as unknown as WorkOrderEvent));
  if (category !== part.category) return;
  const partEvent = event as unknown as PartEvent;
  parts.set(key, part.evolve(parts.get(key) ?? part.initialState, partEvent));
  if (!isPartTransaction(partEvent)) return;
  const { count, used } = movements.get(key) ?? { count: 0, used: 0n };
  const { transactionId, quantity, onHandAfter } = partEvent.data;
  const byOrder = partEvent.type === 'PartIssued' || partEvent.type === 'PartReturned' ? toQuantity(quantity) : 0n;
  movements.set(key, { count: count + 1, used: used - byOrder, lastId: transactionId, onHand: onHandAfter });
}

const stateOf = ({ parts }: States, id: number): Part => parts.get(id) ?? part.initialState;

const averageOf = ({ shelf, lastAverage }: Part): bigint =>
  shelf.quantity === 0n ? lastAverage : divideHalfUp(shelf.value * oneUnit, shelf.quantity);

export function partSeen(states: States, id: number): Seen {
  const state = stateOf(states, id);
  const figures = [
    showQuantity(state.shelf.quantity),
    showQuantity(state.shelf.quantity - state.reserved),
    showValue(averageOf(state)),
    showValue(roundToCurrency(state.shelf.value, state.currency)),
  ];
  return [id, ...figures.map(Number)].join(':');
}

function movementsSeen({ movements }: States, id: number, what: Seen): Seen {
  const known = movements.get(id);
  return `${what} after ${known?.count ?? 0} movements, the last ${known?.lastId} to ${Number(known?.onHand)}`;
}

export function orderSeen(states: States, id: number): Seen {
  const order = states.orders.get(id) ?? workOrder.initialState;
  const closed = order.phase === 'completed';
  const lines = [...order.parts.entries()]
    .sort(([one], [other]) => one - other)
    .map(([partId, { quantity }]) => {
      const state = stateOf(states, partId);
      const exact = closed ? orderEntry(state, id).charge : divideHalfUp(quantity * averageOf(state), oneUnit);
      return { partId, quantity, cost: roundToCurrency(exact, state.currency) };
    });
  const total = Number(showValue(lines.reduce((sum, { cost }) => sum + cost, 0n)));
  const shown = lines.map(({ partId, quantity, cost }) => [partId, Number(showQuantity(quantity)), Number(showValue(cost))].join(':'));
  return `${id} in ${order.statusId} ${closed ? 'cost' : 'about'} ${total}: ${shown.join(' ')}`;
}

function documentSeen(states: States, { orderIds, partIds }: Plant): Seen {
  const completed = orderIds.filter((id) => states.orders.get(id)?.phase === 'completed');
  const stock = partIds.map((id) => `${id}:${Number(showQuantity(stateOf(states, id).shelf.quantity))}`);
  return `${completed.length} | ${completed.map((id) => orderSeen(states, id)).join(' | ')} | ${stock.join(' ')}`;
}

/** What all orders were charged for their parts: each charge rounded as finance posts it. */
function costsOf({ parts }: States): number {
  const charges = [...parts.values()].flatMap(({ orders, currency }) =>
    entriesInOrder(orders).map(([, { charge }]) => roundToCurrency(charge, currency)),
  );
  return Number(showValue(charges.reduce((sum, charge) => sum + charge, 0n)));
}
