import { v7 as uuidv7 } from 'uuid';
import type { Event, EventLog, EventMetadata, ProposedEvent, Stream } from '#millwright/event-sourcing';
import { decideOrderEffect, part, registerPart, restockPart, type Part, type PartEvent } from '#millwright/inventory';
import {
  completedStatus,
  finishCompletion,
  openWorkOrder,
  recordOtherCost,
  requestPart,
  completeWorkOrder,
  workOrder,
} from '#millwright/work-orders';
import { partDetails, workOrderDetails } from './details.js';

const now = new Date().toISOString();
/** Whose history it is: nobody's. */
export const seedMetadata: EventMetadata = {
  recorded_at: now,
  effective_at: now,
  schema_version: 1,
  actor: { kind: 'system', id: 'bench' },
  // Without one a run of events with one cause would be one append, as in logs of earlier releases: a million of them could be shown only together.
  credential: { kind: 'bootstrap', id: 'bench' },
  entity_id: 1,
  customer_id: 1,
  request_id: 'bench',
  $correlationId: 'bench',
  $causationId: 'bench',
};
const restocksOfAPart = 4;
const appendsAtOnce = 64;

export type Seeded = Readonly<{ events: number; parts: number; workOrders: number }>;

/**
 * A history of so many events, decided by the product's own deciders and appended to the log itself, so that it takes seconds, not hours: every part is
 * registered and restocked some times, and issued to work orders until there are enough events.
 */
export async function seedLog(log: EventLog, parts: number, events: number): Promise<Seeded> {
  const ordersOfAPart = Math.max(0, Math.round((events / parts - 1 - restocksOfAPart) / 7));
  let nextPart = 1;
  let appended = 0;
  const append = async <E extends Event>(stream: string, history: readonly E[]): Promise<void> => {
    const proposed = history.map(({ type, data, effectiveAt }): ProposedEvent => ({
      id: uuidv7(),
      type,
      data,
      metadata: effectiveAt === undefined ? seedMetadata : { ...seedMetadata, effective_at: effectiveAt },
    }));
    await log.append({ stream, expected: 'no stream', events: proposed }, { deadline: Date.now() + 60_000 });
    appended += history.length;
  };
  const seedPart = async (partId: number): Promise<void> => {
    const stock = new History(part);
    stock.add((state) => registerPart(state, { partId, currency: 'USD', unitCost: '12.5', details: partDetails(partId) }));
    for (let number = 0; number < restocksOfAPart; number++)
      stock.add((state) => restockPart(state, { transactionId: transactionId(partId, number), quantity: '10', cost: `${10 + number}.25` }));
    for (let number = 0; number < ordersOfAPart; number++) {
      const workOrderId = (partId - 1) * ordersOfAPart + number + 1;
      const order = seedOrder(workOrderId, partId, stock, transactionId(partId, restocksOfAPart + number));
      await append(`workOrder-${workOrderId}`, order);
    }
    await append(`part-${partId}`, stock.events);
  };
  const worker = async (): Promise<void> => {
    while (nextPart <= parts) await seedPart(nextPart++);
  };
  await Promise.all(Array.from({ length: appendsAtOnce }, worker));
  return { events: appended, parts, workOrders: parts * ordersOfAPart };
}

const transactionId = (partId: number, number: number): number => partId * 100 + number;

/** Opened, a part assigned, another cost recorded, completed: five events of the order, two of the part. */
function seedOrder(workOrderId: number, partId: number, stock: History<Part, PartEvent>, issueId: number): readonly Event[] {
  const order = new History(workOrder);
  order.add((state) => openWorkOrder(state, { workOrderId, details: workOrderDetails(workOrderId), now }));
  order.add((state) => requestPart(state, { partId, quantity: '1.5' }));
  stock.add(
    (state) => decideOrderEffect(state, { kind: 'reserve', workOrderId, orderRevision: order.revision, quantity: '1.5' }, 0).events,
  );
  order.add((state) =>
    recordOtherCost(state, {
      otherCostId: workOrderId,
      amount: '19.95',
      currency: 'USD',
      date: '2024-05-06',
      note: null,
      categoryId: null,
      externalReference: null,
    }),
  );
  order.add((state) => completeWorkOrder(state, { status: completedStatus, completedAt: now, now }));
  const completionRevision = order.revision;
  stock.add(
    (state) =>
      decideOrderEffect(state, { kind: 'issue', workOrderId, orderRevision: completionRevision, effectiveAt: now }, issueId).events,
  );
  order.add((state) => finishCompletion(state, { completionRevision, parts: [{ partId, quantity: '1.5' }] }));
  return order.events;
}

/** A stream as it comes to be: decisions on the state that the events so far make. */
class History<State, E extends Event> {
  readonly events: E[] = [];
  private state: State;

  constructor(private readonly stream: Stream<State, E>) {
    this.state = stream.initialState;
  }

  /** Of the last event. */
  get revision(): number {
    return this.events.length - 1;
  }

  add(decide: (state: State) => readonly E[]): void {
    for (const event of decide(this.state)) {
      this.state = this.stream.evolve(this.state, event);
      this.events.push(event);
    }
  }
}
