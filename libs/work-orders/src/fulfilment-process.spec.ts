import {
  EventStore,
  nameBasedUuid,
  openEventStoreDbLog,
  runInContext,
  type EventLog,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { part, registerPart } from '#millwright/inventory';
import { EventStoreDbTestServer } from '../../../test/eventstoredb-server/server.js';
import { workOrder } from './domain/work-order.js';
import { openWorkOrder } from './domain/work-order-status.js';
import { requestPart } from './domain/work-order-parts.js';
import { fulfilmentReaction } from './fulfilment-process.js';
import { now, plainDetails } from './testing/work-orders.js';

const context = {
  actor: { kind: 'api_key', id: 'anna' } as const,
  customerId: 3,
  entityId: 5,
  requestId: 'request',
  correlationId: 'correlation',
  causationId: 'request',
  deadline: Date.now() + 30_000,
};

describe('what the fulfilment process appends', () => {
  let server: EventStoreDbTestServer;
  let log: EventLog;
  beforeAll(async () => {
    server = await new EventStoreDbTestServer().start();
    log = await openEventStoreDbLog({ url: server.url });
  });
  afterAll(async () => {
    await log.close();
    await server.stop();
  });

  /** A part with 5 on hand and an order that wants so many of it; carried out by the process. */
  async function requested(id: number, quantity: string): Promise<{ cause: RecordedEvent; effect: RecordedEvent; answer?: RecordedEvent }> {
    const events = new EventStore(log, { next: () => Promise.reject(new Error('nothing here moves stock')) });
    const { details } = part.initialState;
    const openingStock = { quantity: '5', transactionId: 1 };
    await runInContext(context, async () => {
      await events.execute(part, id, (state) =>
        registerPart(state, { partId: id, currency: 'USD', unitCost: '3.33', details, openingStock }),
      );
      await events.execute(workOrder, id, (order) => openWorkOrder(order, { workOrderId: id, details: plainDetails, now }));
      await events.execute(workOrder, id, (order) => requestPart(order, { partId: id, quantity }));
    });
    const cause = await lastOf(`workOrder-${id}`);
    await fulfilmentReaction.react(cause, {
      events,
      outbox: { put: () => Promise.reject(new Error('nothing is sent')) },
      texts: { keep: () => Promise.reject(new Error('no text is kept')), stay: () => Promise.resolve() },
      timeZoneOf: () => Promise.resolve(undefined),
    });
    return { cause, effect: await lastOf(`part-${id}`), answer: (await log.readStream(`workOrder-${id}`, cause.revision + 1))[0] };
  }

  async function lastOf(stream: string): Promise<RecordedEvent> {
    const event = (await log.readStream(stream)).at(-1);
    if (!event) throw new Error(`${stream} is empty`);
    return event;
  }

  it('is its own, for the site of the order, and names the event of the order as its cause', async () => {
    const { cause, effect } = await requested(1, '2');
    expect(effect).toMatchObject({
      type: 'PartReserved',
      metadata: {
        actor: { kind: 'process_manager', id: 'fulfilment' },
        customer_id: 3,
        entity_id: 5,
        request_id: 'request',
        $correlationId: 'correlation',
        $causationId: cause.id,
      },
    });
  });

  it('has ids that follow from the cause, so that the log takes it once, whoever carries it out', async () => {
    const { cause, effect, answer } = await requested(2, '6');
    expect([effect.type, effect.id]).toEqual(['PartReservationRefused', nameBasedUuid('reserve part-2 0', cause.id)]);
    expect([answer?.type, answer?.id]).toEqual(['PartAssignmentRefused', nameBasedUuid('answer workOrder-2 0', cause.id)]);
  });
});
