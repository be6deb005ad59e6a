import fc from 'fast-check';
import { Rejection, type Event } from '#millwright/event-sourcing/decider';
import { decideOrderEffect, part, registerPart, type OrderEffectOutcome, type Part, type PartEvent } from '#millwright/inventory';
import { fulfil, type FulfilmentEffects } from './domain/fulfilment.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import { requestPart } from './domain/work-order-parts.js';
import { openWorkOrder } from './domain/work-order-status.js';
import { unknownWorkOrder, type WorkOrder } from './domain/work-order.state.js';
import { checkAgreement, checkProtocol, Journal, stateOf } from './testing/journal.js';
import { commandKinds, decisionOf, type Command } from './testing/plant-commands.js';
import { newActor, RandomScheduler, type Actor } from './testing/random-scheduler.js';
import { now } from './testing/work-orders.js';

const partIds = [1, 2, 3];
const orderIds = [11, 12, 13];

/** What a worker meets when a part cannot be reached. */
class Unreachable extends Error {}

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

  private carryOutCommand(actor: Actor, command: Command): Promise<void> {
    const decision = decisionOf(command, ++this.transactions);
    return decision.on === 'order'
      ? this.decide(actor, this.order(command.order), decision.decide)
      : this.decide(actor, this.part(command.part), decision.decide);
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
      await this.handle(actor, id, revision, event);
      if (this.scheduler.random(2) === 0) this.checkpoints.set(id, Math.max(this.checkpoints.get(id) ?? -1, revision));
    }
  }

  /** Until it goes through, as the engine does; an effect that failed left others of the same event done. */
  private async handle(actor: Actor, id: number, revision: number, event: WorkOrderEvent): Promise<void> {
    for (;;)
      try {
        return await fulfil(this.effectsOf(actor), id, revision, event);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
      }
  }

  /** Now and then a part cannot be reached, or cannot say any more what it has done. */
  private stumble(): void {
    if (this.scheduler.random(12) === 0) throw new Unreachable('the part cannot be reached');
  }

  private effectsOf(actor: Actor): FulfilmentEffects {
    return {
      orderBefore: async (workOrderId, revision) => this.order(workOrderId).before(revision),
      carryOut: async (effect) => {
        let outcome: OrderEffectOutcome = { kind: 'overtaken' };
        const transactionId = ++this.transactions;
        this.stumble();
        await this.decide(actor, this.part(effect.partId), (state) => {
          const decided = decideOrderEffect(state, effect, transactionId);
          outcome = decided.outcome;
          return decided.events;
        });
        this.stumble();
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
          checkProtocol(plant);
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
