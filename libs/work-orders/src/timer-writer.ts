import { Injectable } from '@nestjs/common';
import {
  builtInUserId,
  currentEntity,
  currentScope,
  isLeft,
  KnownSites,
  mayReadAt,
  restrictionBy,
  rowsSeenAt,
  timeZoneOf,
} from '#millwright/access';
import {
  currentContext,
  dayIn,
  EventStore,
  ProjectionEngine,
  Rejection,
  streamName,
  type Detail,
  type IdSequence,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { fieldsOf, invalid } from '#millwright/fields';
import { ReferenceChecks, refuseIf, RelatedRecords, requireHere, requireLeft, ResourceWriter } from '#millwright/resources';
import { entities, SiteCurrency } from '#millwright/sites';
import { AwaitedProcesses, orPending } from './awaited-processes.js';
import { ClosedOrders } from './closed-orders.js';
import type { LabourEvent, RateType } from './domain/labour.events.js';
import { requireRoom, withLastTimer } from './domain/labour-room.js';
import { startTimer, stopTimer, timekeeping, type Timekeeping } from './domain/timekeeping.js';
import type { TimerStarted, TimerStopped } from './domain/timekeeping.events.js';
import { workOrder } from './domain/work-order.js';
import { closed, requireInUse, type WorkOrder } from './domain/work-order.state.js';
import { rateOf } from './labour-rates.js';
import { LabourTurns } from './labour-turns.js';
import { laborEntryIds } from './labour-writer.js';
import { requireOwnLabour } from './own-labour.js';
import { laborEntryRow } from './read-models/labor-entries.js';
import { timerRow } from './read-models/timers.js';
import { timekeepingName } from './timekeeping-processes.js';
import { StartTimer, type StartedTimer, type StoppedTimer, type StopTimer } from './timer.commands.js';
import { workOrders } from './work-order.resource.js';

export const timerIds = { name: 'timer', field: 'timerId' } as const satisfies IdSequence;

/** How long an answer waits for the read models, in milliseconds. */
const longestWaitMs = 1_000;

/** Counts the time of people. A timer is decided on the stream of its person, and what it has counted becomes labour on its order. */
@Injectable()
export class TimerWriter {
  constructor(
    private readonly events: EventStore,
    private readonly orders: ResourceWriter,
    private readonly references: ReferenceChecks,
    private readonly related: RelatedRecords,
    private readonly processes: AwaitedProcesses,
    private readonly closedOrders: ClosedOrders,
    private readonly projections: ProjectionEngine,
    private readonly currency: SiteCurrency,
    private readonly sites: KnownSites,
    private readonly turns: LabourTurns,
  ) {}

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS another's time, CONFLICT, WORK_ORDER_CLOSED, TIMER_RUNNING, VALIDATION_FAILED, PRECONDITION_FAILED, COMPLETION_PENDING */
  async start({ work_order_id, technician_id }: StartTimer): Promise<StartedTimer> {
    const { state: order, revision: matched } = await this.order(work_order_id);
    const person = personMeant(technician_id);
    const problems = await this.problems(technician_id);
    const rate = await rateOf(this.related.services, { technicianId: person, vendorId: null }, 'regular');
    const [timerId, laborEntryId] = [await this.events.nextId(timerIds.name), await this.events.nextId(laborEntryIds.name)];
    const startedAt = new Date().toISOString();
    const decide = (time: Timekeeping) => {
      requireOpen(order);
      refuseIf(problems);
      requireOwnLabour(person);
      if (rate === null) throw noRegularRate();
      const started = { timerId, laborEntryId, workOrderId: work_order_id, startedAt, regularRate: rate };
      return startTimer(time, { ...started, currency: this.currency.now() });
    };
    const begun = () => this.currency.fixed(() => this.events.execute(timekeeping, person, decide, { matched }));
    const outcome = await begun().catch(async (refusal: unknown) => {
      const elsewhere = refusal instanceof Rejection && refusal.code === 'TIMER_RUNNING' ? Number(refusal.facts['id']) : undefined;
      // One whose order was just closed has ended by that, though nobody may have said so yet.
      if (elsewhere === undefined) throw refusal;
      if (await this.closedOrders.haveEndedTimersOf(elsewhere)) return begun();
      throw (await this.isSeen(elsewhere)) ? refusal : runsElsewhere();
    });
    const { position, revision } = outcome;
    await this.processes.passed(timekeepingName, position);
    // The order may have been closed between the look at it and the start: then the timer has ended where it began.
    const { state, position: last } = await orPending(position, this.events.load(timekeeping, person));
    if (state.ended?.timerId === startedIn(outcome.events).data.timerId && state.ended.because === 'order_was_closed') {
      currentContext().commits?.note(last);
      throw closed('The work order is completed or cancelled; reopen it first.');
    }
    await this.projections.reaches(position, longestWaitMs);
    const timer = { ...timerRow(startedIn(outcome.events)), hours: '0', overdue: false };
    return { id: work_order_id, row: timer, timer, revision, position };
  }

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS another's time, VALIDATION_FAILED (rate_missing), VALUE_OUT_OF_RANGE, PRECONDITION_FAILED, COMPLETION_PENDING */
  async stop({ work_order_id, technician_id, rate_type, note }: StopTimer): Promise<StoppedTimer> {
    // Before the look at its order: what closes that later did so after this moment.
    const at = new Date().toISOString();
    const { revision: matched } = await this.order(work_order_id, await this.countsOwnTimeOn(work_order_id, technician_id));
    const person = personMeant(technician_id);
    requireOwnLabour(person);
    await this.closedOrders.haveEndedTimersOf(work_order_id);
    const rateType = (rate_type ?? 'regular') as RateType;
    const rate = await rateOf(this.related.services, { technicianId: person, vendorId: null }, rateType);
    const zone = timeZoneOf(currentEntity());
    const dayOf = (instant: string): string => dayIn(zone, new Date(instant));
    const end = { workOrderId: work_order_id, at, rateType, rate, note: note ?? null, dayOf };
    const { events, position } = await this.turns.take(work_order_id, person, async () => {
      const { state: order } = await this.events.load(workOrder, work_order_id);
      const ended = (isFree: boolean) => {
        const decide = (time: Timekeeping) => {
          const [charged, ending] = [withLastTimer(order, person, time.ended), stopTimer(time, end)];
          for (const { type, data } of ending)
            if (type === 'TimerStopped' && !isFree) requireRoom(charged, { technicianId: person, timer: data });
          return ending;
        };
        return this.events.execute(timekeeping, person, decide, { matched });
      };
      return ended(false).catch(async (refusal: unknown) => {
        const isFull = refusal instanceof Rejection && refusal.code === 'VALUE_OUT_OF_RANGE';
        // There neither is an entry reversed nor the order closed, so that nothing would end it.
        if (isFull && (order.archived || (await this.isSiteArchived()))) return ended(true);
        throw refusal;
      });
    });
    const stopped = events.find((event): event is RecordedEvent<TimerStopped> => event.type === 'TimerStopped');
    if (!stopped) throw new Error(`the timer of user ${person} was stopped without an event`);
    await this.processes.passed(timekeepingName, position);
    const loaded = await orPending(position, this.events.load(workOrder, work_order_id));
    const covered = loaded.position > position ? loaded.position : position;
    await this.projections.reaches(covered, longestWaitMs);
    const entry = loaded.state.labour.entries.get(stopped.data.laborEntryId)?.event as RecordedEvent<LabourEvent> | undefined;
    const written = this.orders.written(workOrders, work_order_id, { ...loaded, position: covered, events: [] });
    return { ...written, entry: entry ? laborEntryRow(entry) : null };
  }

  /**
   * Whether whoever asks means his own timer, which runs on an order: nobody else could end it where that has been given to others since. Where an earlier
   * try of the same request came that far, it has ended, and he is told so.
   */
  private async countsOwnTimeOn(workOrderId: number, technicianId: number | null | undefined): Promise<boolean> {
    const { userId } = currentScope().principal;
    if (userId === builtInUserId || (technicianId ?? userId) !== userId) return false;
    const { running, ended } = (await this.events.load(timekeeping, userId)).state;
    const tried = currentContext().idempotency?.earlierTry?.streams[streamName(timekeeping.category, userId)] !== undefined;
    return running?.workOrderId === workOrderId || (tried && ended?.workOrderId === workOrderId);
  }

  private async isSiteArchived(): Promise<boolean> {
    return (await this.events.load(entities.stream, currentEntity().id)).state.archived;
  }

  /** Whose tag If-Match is about: a person's time has none that anybody is shown. @throws Rejection NOT_FOUND */
  private async order(id: number, isSeen = false): Promise<Readonly<{ state: WorkOrder; revision: number }>> {
    const order = await this.events.load(workOrder, id);
    requireHere(order.state.history);
    if (!isSeen) requireLeft(workOrders, () => workOrders.rowOf(order.state, order.revision));
    return order;
  }

  /** Whether an order is one that whoever asks sees, at its own site, which may be another than the request's: people work at several. */
  private async isSeen(id: number): Promise<boolean> {
    const { state, revision } = await this.events.load(workOrder, id);
    const { principal } = currentScope();
    const { customerId, entityId } = state.history ?? { customerId: null, entityId: null };
    if (customerId !== principal.customerId || entityId === null) return false;
    const row = workOrders.rowOf(state, revision);
    if (entityId === currentEntity().id) return isLeft(row, restrictionBy(workOrders.list.rows));
    const site = mayReadAt(entityId, workOrders.scopes.reads) ? await this.sites.find(customerId, entityId) : null;
    return site !== null && isLeft(row, restrictionBy(workOrders.list.rows, rowsSeenAt(principal, site)));
  }

  private async problems(technician_id: number | null | undefined): Promise<Detail[]> {
    const found = await this.references.problems(timerIds.name, fieldsOf(StartTimer), { technician_id });
    return found.map((detail) => ({ ...detail, field: 'technician_id' }));
  }
}

/** Whose time is meant. Behind a credential of no person nobody works (S52). @throws Rejection VALIDATION_FAILED (required) */
function personMeant(technicianId: number | null | undefined): number {
  const { userId } = currentScope().principal;
  if (technicianId == null && userId === builtInUserId)
    throw invalid([{ field: 'technician_id', code: 'required', message: 'must be given: this credential is nobody who works' }]);
  return technicianId ?? userId;
}

/** @throws Rejection CONFLICT archived; WORK_ORDER_CLOSED */
function requireOpen(order: WorkOrder): void {
  requireInUse(order);
  if (order.phase === 'completed' || order.phase === 'cancelled')
    throw closed('The work order is completed or cancelled; reopen it first.');
}

/** What is said where the order that it runs on is not there for whoever asks. */
const runsElsewhere = (): Rejection => new Rejection('TIMER_RUNNING', 'A timer of this person runs already; stop it first.');

const noRegularRate = () =>
  invalid([{ field: 'technician_id', code: 'rate_missing', message: 'must be somebody of whom a regular rate is known' }]);

function startedIn(events: readonly RecordedEvent[]): RecordedEvent<TimerStarted> {
  const started = events.find((event): event is RecordedEvent<TimerStarted> => event.type === 'TimerStarted');
  if (!started) throw new Error('a timer was started without an event');
  return started;
}
