import { setTimeout as delay } from 'node:timers/promises';
import {
  EventStore,
  openEventStoreDbLog,
  processManagerOf,
  Rejection,
  runInContext,
  type AppendRequest,
  type CommandContext,
  type EventLog,
  type ProcessManager,
  type Stream,
} from '#millwright/event-sourcing';
import { part, registerPart, type Part, type PartEvent } from '#millwright/inventory';
import { EventStoreDbTestServer } from '../../../test/eventstoredb-server/server.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import { openWorkOrder } from './domain/work-order-status.js';
import { unknownWorkOrder, type WorkOrder } from './domain/work-order.state.js';
import { fulfilmentReaction } from './fulfilment-process.js';
import { checkProtocol, Journal } from './testing/journal.js';
import { commandKinds, decisionOf, type Command } from './testing/plant-commands.js';
import { newActor, RandomScheduler, type Actor } from './testing/random-scheduler.js';
import { now, plainDetails } from './testing/work-orders.js';

const partIds = [1, 2, 3];
const orderIds = [11, 12];
const clients = 3;
const commandsOfAClient = 16;
const runs = 8;

/** A log that its owner reaches only when the scheduler lets it. */
class ScheduledLog implements EventLog {
  constructor(
    private readonly log: EventLog,
    private readonly actor: Actor,
    private readonly plant: Plant,
  ) {}

  append(request: AppendRequest, options?: { deadline?: number }) {
    return this.plant.next(this.actor, () => this.log.append(request, options));
  }

  readStream(stream: string, fromRevision?: number, limit?: number) {
    return this.plant.next(this.actor, () => this.log.readStream(stream, fromRevision, limit));
  }

  readAll = (...asked: Parameters<EventLog['readAll']>) => this.log.readAll(...asked);
  subscribeAll = (...asked: Parameters<EventLog['subscribeAll']>) => this.log.subscribeAll(...asked);
  head = () => this.log.head();
  close = () => this.log.close();
}

/** Clients and workers as processes of their own, each with a real event store, on one log; who reaches that next is chosen at random. */
class Plant {
  readonly scheduler: RandomScheduler;
  readonly faults: unknown[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly workers: Actor[] = [];
  private readonly handled = new Map(orderIds.map((id) => [id, -1]));
  private transactions = 0;

  constructor(
    seed: number,
    private readonly server: EventStoreDbTestServer,
    private readonly log: EventLog,
    private readonly prefix: string,
  ) {
    this.scheduler = new RandomScheduler(seed);
  }

  async prepare(): Promise<void> {
    const events = new EventStore(this.log, this.sequence);
    for (const partId of partIds) {
      const details = { ...part.initialState.details, isNonStock: partId === 3 };
      const stock = details.isNonStock ? {} : { openingStock: { quantity: '5', transactionId: ++this.transactions } };
      await inContext(() =>
        events.execute(part, partId, (state) => registerPart(state, { partId, currency: 'USD', unitCost: '3.33', details, ...stock })),
      );
    }
    for (const workOrderId of orderIds)
      await inContext(() =>
        events.execute(workOrder, workOrderId, () => openWorkOrder(unknownWorkOrder, { workOrderId, details: plainDetails, now })),
      );
  }

  /** Waits for its turn, and keeps the scheduler waiting until it is done. */
  async next<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result> {
    await this.scheduler.turn(actor);
    const working = work();
    this.underWay.add(working);
    return working.finally(() => this.underWay.delete(working));
  }

  async client(name: string): Promise<void> {
    const events = this.eventStoreOf(newActor(name));
    for (let count = 0; count < commandsOfAClient; count += 1) {
      const command = this.anyCommand();
      const decision = decisionOf(command, ++this.transactions);
      const carryOut = () =>
        decision.on === 'order'
          ? events.execute(workOrder, command.order, decision.decide)
          : events.execute(part, command.part, decision.decide);
      await inContext(carryOut as () => Promise<unknown>).catch((error: unknown) => {
        if (!(error instanceof Rejection)) this.faults.push(error);
      });
    }
  }

  /** Takes the events of each order strictly in order, from the last that is known to be handled; what cannot be done now is tried again. */
  startWorker(): void {
    const actor = newActor(`worker ${this.workers.length}`);
    this.workers.push(actor);
    const { handle } = processManagerOf(fulfilmentReaction, {
      events: this.eventStoreOf(actor),
      outbox: { put: () => Promise.reject(new Error('nothing is sent')) },
      texts: { keep: () => Promise.reject(new Error('no text is kept')), stay: () => Promise.resolve() },
      timeZoneOf: () => Promise.resolve(undefined),
    });
    for (const id of orderIds) void this.work(actor, id, handle).catch((error: unknown) => this.faults.push(error));
  }

  private async work(actor: Actor, id: number, handle: ProcessManager['handle']): Promise<never> {
    for (let revision = (this.handled.get(id) ?? -1) + 1; ; revision += 1) {
      const next = revision;
      await this.scheduler.turn(actor, () => this.lengthOf(id) > next);
      const [event] = await this.log.readStream(`workOrder-${id}`, revision, 1);
      if (!event) throw new Error('a turn was given before there was an event');
      for (let done = false; !done;)
        done = await handle(event).then(
          () => true,
          (error: unknown) => {
            if (error instanceof Rejection && error.code === 'UNAVAILABLE') return false;
            throw error;
          },
        );
      this.handled.set(id, Math.max(this.handled.get(id) ?? -1, revision));
    }
  }

  /** Until the clients are through, and every event of every order is handled. */
  async run(asked: Promise<unknown>): Promise<void> {
    let answered = false;
    void asked.finally(() => (answered = true));
    while (!answered || orderIds.some((id) => (this.handled.get(id) ?? -1) < this.lengthOf(id) - 1)) {
      await this.scheduler.run(
        () => this.underWay.size === 0,
        () => this.disturb(),
      );
      // Somebody is on the way to the log and back, or waits a moment after a conflict.
      await (this.underWay.size > 0 ? Promise.race([...this.underWay].map((work) => work.catch(() => undefined))) : delay(1));
    }
  }

  /** Now and then a worker is stopped for a while, or dies and another takes its place, or a connection is cut around a commit. */
  private disturb(): void {
    const { faults } = this.server;
    const worker = this.workers[this.scheduler.random(this.workers.length)];
    const die = this.scheduler.random(120);
    if (die === 0) faults.dropAfterCommit = 1;
    if (die === 1) faults.dropBeforeCommit = 1;
    if (!worker || worker.dead) return;
    if (die > 1 && die < 7) worker.stoppedUntil = this.scheduler.step + this.scheduler.random(40);
    if (die === 7) {
      worker.dead = true;
      this.startWorker();
    }
  }

  async histories() {
    const journalOf = async <State, E extends PartEvent | WorkOrderEvent>(stream: Stream<State, E>, id: number) => {
      const journal = new Journal(stream);
      journal.append(-1, (await this.log.readStream(`${stream.category}-${id}`)) as unknown as E[]);
      return [id, journal] as const;
    };
    return {
      parts: new Map(await Promise.all(partIds.map((id) => journalOf<Part, PartEvent>(part, id)))),
      orders: new Map(await Promise.all(orderIds.map((id) => journalOf<WorkOrder, WorkOrderEvent>(workOrder, id)))),
    };
  }

  private readonly sequence = { next: () => Promise.resolve(++this.transactions) };

  private eventStoreOf(actor: Actor): EventStore {
    return new EventStore(new ScheduledLog(this.log, actor, this), this.sequence);
  }

  private lengthOf(order: number): number {
    return this.server.log.stream(`${this.prefix}workOrder-${order}`).length;
  }

  private anyCommand(): Command {
    const any = <Choice>(choices: readonly Choice[]): Choice => {
      const choice = choices[this.scheduler.random(choices.length)];
      if (choice === undefined) throw new Error('nothing to choose from');
      return choice;
    };
    return { kind: any(commandKinds), order: any(orderIds), part: any(partIds), amount: 1 + this.scheduler.random(4) };
  }
}

function inContext<Result>(work: () => Promise<Result>): Promise<Result> {
  const context: CommandContext = {
    actor: { kind: 'system', id: 'protocol' },
    customerId: 1,
    entityId: 1,
    requestId: 'protocol',
    correlationId: 'protocol',
    causationId: 'protocol',
    deadline: Date.now() + 30_000,
  };
  return runInContext(context, work);
}

describe('orders and parts on the wire-level event store, under a random scheduler', () => {
  let server: EventStoreDbTestServer;
  beforeAll(async () => void (server = await new EventStoreDbTestServer().start()));
  afterAll(() => server.stop());

  it('never issue twice, leave no reservation behind, lose no value, and come to rest, with connections cut around commits', async () => {
    const firstSeed = Math.floor(Math.random() * 1_000_000);
    let events = 0;
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const prefix = `seed${seed}_`;
      const log = await openEventStoreDbLog({ url: server.url, prefix });
      const plant = new Plant(seed, server, log, prefix);
      try {
        await plant.prepare();
        plant.startWorker();
        plant.startWorker();
        await plant.run(Promise.all(Array.from({ length: clients }, (_, number) => plant.client(`client ${number}`))));
        expect(plant.faults).toEqual([]);
        const histories = await plant.histories();
        checkProtocol(histories);
        for (const journal of [...histories.parts.values(), ...histories.orders.values()]) events += journal.events.length;
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      } finally {
        plant.scheduler.dismissAll();
        await log.close();
      }
    }
    console.info(`${runs} plants from seed ${firstSeed}: ${events} events, nothing twice`);
  });
});
