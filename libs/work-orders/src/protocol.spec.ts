import fc from 'fast-check';
import { Rejection, type Event, type Stream } from '#millwright/event-sourcing/decider';
import {
  archivePart,
  decideOrderEffect,
  entriesInOrder,
  orderEntry,
  part,
  reconcilePart,
  registerPart,
  restockPart,
  unarchivePart,
  type OrderEffectOutcome,
  type Part,
  type PartEvent,
} from '#millwright/inventory';
import { toValue } from '#millwright/quantities';
import { fulfil, type FulfilmentDesk } from './domain/fulfilment.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import { removePart, requestPart, setPartQuantity } from './domain/work-order-parts.js';
import { changeWorkOrder, completeWorkOrder, openWorkOrder, reopenWorkOrder } from './domain/work-order-status.js';
import { unknownWorkOrder, type WorkOrder } from './domain/work-order.state.js';
import { newActor, RandomScheduler, type Actor } from './testing/random-scheduler.js';

const partIds = [1, 2, 3];
const orderIds = [11, 12, 13];
const now = '2025-07-15T09:30:00.000Z';

/** What a client asks, one after another; several clients at once. */
type Command = Readonly<{ kind: (typeof commandKinds)[number]; order: number; part: number; amount: number }>;
const commandKinds = [
  ...(['add', 'add', 'add', 'add', 'add', 'add', 'set', 'set', 'remove'] as const),
  ...(['complete', 'complete', 'complete', 'complete', 'reopen', 'reopen', 'cancel'] as const),
  ...(['restock', 'restock', 'countDown', 'countDown', 'countDown', 'countUp', 'archive', 'unarchive', 'unarchive'] as const),
] as const;

/** A stream with the state after each of its events, and appends at an expected revision only. */
class Journal<State, E extends Event> {
  readonly events: E[] = [];
  private readonly states: State[] = [];

  constructor(private readonly stream: Stream<State, E>) {}

  get revision(): number {
    return this.events.length - 1;
  }

  /** The state before that revision. */
  before(revision: number): State {
    return this.states[revision - 1] ?? this.stream.initialState;
  }

  append(expectedRevision: number, events: readonly E[]): boolean {
    if (expectedRevision !== this.revision) return false;
    for (const event of events) {
      const state = this.stream.evolve(this.before(this.events.length), event);
      this.events.push(event);
      this.states.push(state);
    }
    return true;
  }
}

/** Parts, orders, clients and workers in one memory, and whoever comes next chosen at random. */
class Plant {
  readonly scheduler: RandomScheduler;
  readonly parts = new Map(partIds.map((id) => [id, new Journal<Part, PartEvent>(part)]));
  readonly orders = new Map(orderIds.map((id) => [id, new Journal<WorkOrder, WorkOrderEvent>(workOrder)]));
  /** The last revision of each order that is durably known to be handled: where a new worker starts. It lags behind at random. */
  private readonly checkpoints = new Map(orderIds.map((id) => [id, -1]));
  private readonly workers: Actor[] = [];
  private transactions = 0;
  readonly faults: unknown[] = [];

  constructor(seed: number) {
    this.scheduler = new RandomScheduler(seed);
    for (const [id, journal] of this.parts) {
      const openingStock = { quantity: '5', transactionId: ++this.transactions };
      const details = { ...journal.before(0).details, isNonStock: id === 3 };
      journal.append(
        -1,
        registerPart(journal.before(0), {
          partId: id,
          currency: 'USD',
          details,
          unitCost: '3.33',
          ...(details.isNonStock ? {} : { openingStock }),
        }),
      );
    }
    for (const [id, journal] of this.orders) {
      journal.append(-1, openWorkOrder(unknownWorkOrder, { workOrderId: id, details: unknownWorkOrder.details, now }));
      for (const partId of partIds) journal.append(journal.revision, requestPart(stateOf(journal), { partId, quantity: '2' }));
    }
  }

  /** Reads, decides, appends at what was read; decides anew when somebody was quicker. A refusal is an answer. */
  private async decide<State, E extends Event>(
    actor: Actor,
    journal: Journal<State, E>,
    decision: (state: State) => readonly E[],
  ): Promise<void> {
    for (;;) {
      await this.scheduler.turn(actor);
      const { revision } = journal;
      const events = decision(journal.before(revision + 1));
      await this.scheduler.turn(actor);
      if (journal.append(revision, events)) return;
    }
  }

  async client(name: string, commands: readonly Command[]): Promise<void> {
    const actor = newActor(name);
    for (const command of commands) {
      try {
        await this.carryOutCommand(actor, command);
      } catch (error) {
        if (!(error instanceof Rejection)) this.faults.push(error);
      }
    }
  }

  private carryOutCommand(actor: Actor, { kind, order, part: partId, amount }: Command): Promise<void> {
    const onOrder = (decision: (state: WorkOrder) => WorkOrderEvent[]) => this.decide(actor, this.order(order), decision);
    const onPart = (decision: (state: Part) => PartEvent[]) => this.decide(actor, this.part(partId), decision);
    const transactionId = ++this.transactions;
    const quantity = String(amount);
    switch (kind) {
      case 'add':
        return onOrder((state) => requestPart(state, { partId, quantity }));
      case 'set':
        return onOrder((state) => setPartQuantity(state, { partId, quantity: String(amount - 1) }));
      case 'remove':
        return onOrder((state) => removePart(state, { partId }));
      case 'complete':
        return onOrder((state) => completeWorkOrder(state, { now }));
      case 'reopen':
        return onOrder((state) => reopenWorkOrder(state, { now }));
      case 'cancel':
        return onOrder((state) => changeWorkOrder(state, { status: { statusId: 4, kind: 'cancelled' }, now }));
      case 'restock':
        return onPart((state) => restockPart(state, { transactionId, quantity, cost: `${amount}.01` }));
      case 'countDown':
        return onPart((state) => reconcilePart(state, { transactionId, quantity: `-${amount * 2}`, note: 'counted' }));
      case 'countUp':
        return onPart((state) => reconcilePart(state, { transactionId, quantity, note: 'counted' }));
      case 'archive':
        return onPart((state) => archivePart(state, { completionRunning: false }));
      case 'unarchive':
        return onPart(unarchivePart);
    }
  }

  /** A worker takes the events of each order strictly in order, different orders side by side, from the durable checkpoint on. */
  startWorker(): Actor {
    const actor = newActor(`worker ${this.workers.length}`);
    this.workers.push(actor);
    for (const id of orderIds) void this.work(actor, id).catch((error: unknown) => this.faults.push(error));
    return actor;
  }

  private async work(actor: Actor, id: number): Promise<never> {
    const journal = this.order(id);
    for (let revision = (this.checkpoints.get(id) ?? -1) + 1; ; revision++) {
      const next = revision;
      await this.scheduler.turn(actor, () => journal.revision >= next);
      const event = journal.events[revision];
      if (!event) throw new Error('a turn was given before there was an event');
      await fulfil(this.desk(actor), id, revision, event);
      if (this.scheduler.random(2) === 0) this.checkpoints.set(id, Math.max(this.checkpoints.get(id) ?? -1, revision));
    }
  }

  private desk(actor: Actor): FulfilmentDesk {
    return {
      orderBefore: async (workOrderId, revision) => this.order(workOrderId).before(revision),
      carryOut: async (effect) => {
        let outcome: OrderEffectOutcome = { kind: 'overtaken' };
        const transactionId = ++this.transactions;
        await this.decide(actor, this.part(effect.partId), (state) => {
          const decided = decideOrderEffect(state, effect, transactionId);
          outcome = decided.outcome;
          return decided.events;
        });
        return outcome;
      },
      answer: (workOrderId, decision) => this.decide(actor, this.order(workOrderId), decision),
    };
  }

  /** Now and then a worker is stopped for a while, or dies and another takes its place. */
  disturb(): void {
    const worker = this.workers[this.scheduler.random(this.workers.length)];
    const die = this.scheduler.random(100);
    if (!worker || die > 5) return;
    if (die > 0) worker.stoppedUntil = this.scheduler.step + this.scheduler.random(80);
    else {
      worker.dead = true;
      this.startWorker();
    }
  }

  part(id: number): Journal<Part, PartEvent> {
    return found(this.parts.get(id));
  }

  order(id: number): Journal<WorkOrder, WorkOrderEvent> {
    return found(this.orders.get(id));
  }

  /** How many events there are in all. */
  get size(): number {
    return [...this.parts.values(), ...this.orders.values()].reduce((sum, { events }) => sum + events.length, 0);
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no such stream');
  return value;
}

const stateOf = <State, E extends Event>(journal: Journal<State, E>): State => journal.before(journal.events.length);

function checkAgreement(plant: Plant): void {
  for (const [partId, journal] of plant.parts) {
    const state = stateOf(journal);
    for (const workOrderId of orderIds) {
      const order = stateOf(plant.order(workOrderId));
      const wanted = order.parts.get(partId)?.quantity ?? 0n;
      const { reserved, issued, charge } = orderEntry(state, workOrderId);
      const expected = { reserved: order.phase === 'open' ? wanted : 0n, issued: order.phase === 'completed' ? wanted : 0n };
      expect({ phase: order.phase, reserved, issued }).toEqual({ phase: order.phase, ...expected });
      if (issued === 0n) expect(charge).toBe(0n);
    }
  }
  for (const journal of plant.orders.values()) expect(stateOf(journal).phase).not.toBe('completing');
}

/** On every part: no order is issued twice without having given back, and the revisions of its effects never go back. */
function checkNothingTwice(plant: Plant): void {
  for (const journal of plant.parts.values()) {
    const fences = new Map<number, number>();
    for (const [revision, { type, data }] of journal.events.entries()) {
      if (!('orderRevision' in data)) continue;
      if (type === 'PartIssued') expect(orderEntry(journal.before(revision), data.workOrderId).issued).toBe(0n);
      expect(data.orderRevision).toBeGreaterThanOrEqual(fences.get(data.workOrderId) ?? -1);
      fences.set(data.workOrderId, data.orderRevision);
    }
  }
}

/** What was put on the shelf is there or was charged, to the last digit. */
function checkValue(plant: Plant): void {
  for (const journal of plant.parts.values()) {
    const { shelf, orders, details, reserved } = stateOf(journal);
    const entries = entriesInOrder(orders).map(([, entry]) => entry);
    expect(entries.reduce((sum, entry) => sum + entry.reserved, 0n)).toBe(reserved);
    if (details.isNonStock) continue;
    const arrived = journal.events.reduce(
      (sum, { type, data }) =>
        ['PartOpeningStockRecorded', 'PartRestocked', 'PartReconciled'].includes(type) && 'value' in data ? sum + toValue(data.value) : sum,
      0n,
    );
    expect(entries.reduce((sum, { charge }) => sum + charge, shelf.value)).toBe(arrived);
  }
}

/** Every completion ended once; a request was refused by the part exactly when the order was told so, and was told once. */
function checkAnswers(plant: Plant): void {
  for (const [id, { events }] of plant.orders) {
    const started = events.flatMap(({ type }, revision) => (type === 'WorkOrderCompletionStarted' ? [revision] : []));
    const ended = events.flatMap(({ data }) => ('completionRevision' in data ? [data.completionRevision] : []));
    expect(ended.sort((left, right) => left - right)).toEqual(started);
    const told = events.flatMap(({ type, data }) => (type === 'PartAssignmentRefused' ? [`${data.partId}@${data.requestRevision}`] : []));
    const refused = [...plant.parts].flatMap(([partId, journal]) =>
      journal.events.flatMap(({ type, data }) =>
        type === 'PartReservationRefused' && data.workOrderId === id ? [`${partId}@${data.orderRevision}`] : [],
      ),
    );
    expect(told.sort()).toEqual(refused.sort());
  }
}

const commands = fc.array(
  fc.record({
    kind: fc.constantFrom(...commandKinds),
    order: fc.constantFrom(11, 11, 11, 12, 12, 13),
    part: fc.constantFrom(1, 1, 2, 2, 3),
    amount: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 3, maxLength: 16, size: 'max' },
);

const runs = 600;
/** They take seconds; a machine that is busy with everything else may need more. */
const longestMs = 180_000;

describe('orders and parts under a random scheduler', () => {
  it(
    'never issue twice, leave no reservation behind, lose no value, and come to rest',
    async () => {
      const property = fc.asyncProperty(
        fc.array(commands, { minLength: 1, maxLength: 4, size: 'max' }),
        fc.integer(),
        async (clients, seed) => {
          const plant = new Plant(seed);
          const { scheduler } = plant;
          plant.startWorker();
          plant.startWorker();
          const asked = clients.map((own, index) => plant.client(`client ${index}`, own));
          await scheduler.run(
            () => true,
            () => plant.disturb(),
          );
          await Promise.all(asked);
          expect(plant.faults).toEqual([]);
          checkAgreement(plant);
          checkNothingTwice(plant);
          checkValue(plant);
          checkAnswers(plant);
        },
      );
      await fc.assert(property, { numRuns: runs });
    },
    longestMs,
  );

  it(
    'are moved by nobody who wakes up after all is done, or does it all again',
    async () => {
      const property = fc.asyncProperty(
        fc.array(commands, { minLength: 1, maxLength: 4, size: 'max' }),
        fc.integer(),
        async (clients, seed) => {
          const plant = new Plant(seed);
          const { scheduler } = plant;
          const sleepers = new Set([plant.startWorker(), plant.startWorker(), plant.startWorker()]);
          const asked = clients.map((own, index) => plant.client(`client ${index}`, own));
          // The sleepers stop wherever they happen to be, each at another step; a later worker does all their work.
          const stopAt = new Map([...sleepers].map((sleeper) => [sleeper, scheduler.random(150)]));
          await scheduler.run((actor) => scheduler.step < (stopAt.get(actor) ?? Infinity));
          plant.startWorker();
          await scheduler.run((actor) => !sleepers.has(actor));
          await Promise.all(asked);
          checkAgreement(plant);

          const { size } = plant;
          plant.startWorker();
          await scheduler.run(() => true);
          expect(plant.size).toBe(size);
          expect(plant.faults).toEqual([]);
        },
      );
      await fc.assert(property, { numRuns: runs });
    },
    longestMs,
  );
});
