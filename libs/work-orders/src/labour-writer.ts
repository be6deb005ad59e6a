import { Injectable } from '@nestjs/common';
import { currentEntity, timeZoneOf } from '#millwright/access';
import { dayIn, EventStore, type Detail, type IdSequence, type RecordedEvent } from '#millwright/event-sourcing';
import { fieldsOf } from '#millwright/fields';
import { ReferenceChecks, refuseIf, RelatedRecords, ResourceWriter, type Decided } from '#millwright/resources';
import { SiteCurrency } from '#millwright/sites';
import type { LabourEvent, RateType } from './domain/labour.events.js';
import { isNearTheLimit, withLastTimer } from './domain/labour-room.js';
import { logLabour, reverseLabour } from './domain/labour.js';
import { timekeeping } from './domain/timekeeping.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { LogLabor, type ReverseLaborEntry, type WrittenLabour } from './labour.commands.js';
import { rateOf } from './labour-rates.js';
import { LabourTurns } from './labour-turns.js';
import { requireOwnLabour } from './own-labour.js';
import { laborEntryRow } from './read-models/labor-entries.js';
import { workOrders } from './work-order.resource.js';

/** Entries are numbered across all work orders. */
export const laborEntryIds = { name: 'labor_entry', field: 'laborEntryId' } as const satisfies IdSequence;

const fields = fieldsOf(LogLabor);
const oneDayMs = 86_400_000;

/** Records work on orders. What an order's parts have to say is nobody's business here, so that a completion under way is not waited for. */
@Injectable()
export class LabourWriter {
  constructor(
    private readonly events: EventStore,
    private readonly orders: ResourceWriter,
    private readonly references: ReferenceChecks,
    private readonly related: RelatedRecords,
    private readonly currency: SiteCurrency,
    private readonly turns: LabourTurns,
  ) {}

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS another's work, CONFLICT, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED */
  async log({ work_order_id, ...said }: LogLabor): Promise<WrittenLabour> {
    const { technician_id: technicianId = null, started_at: startedAt = null, ended_at: endedAt = null } = said;
    const person = { technicianId, vendorId: said.vendor_id ?? null };
    const problems = await this.problems(work_order_id, said);
    const laborEntryId = await this.events.nextId(laborEntryIds.name);
    const rateType = (said.rate_type ?? 'regular') as RateType;
    const rate = said.rate ?? (await rateOf(this.related.services, person, rateType));
    const { zone, ...time } = timeHere();
    const entry = {
      ...{ laborEntryId, ...person, startedAt, endedAt, rateType, rate, ...time },
      laborCategoryId: said.labor_category_id ?? null,
      hours: said.hours ?? null,
      note: said.note ?? null,
      date: said.date ?? null,
      dayOfEnd: endedAt === null ? null : dayIn(zone, new Date(endedAt)),
    };
    const log = (order: WorkOrder) => {
      refuseIf(problems);
      // That somebody is missing is for the decision to say.
      if (technicianId !== null || person.vendorId !== null) requireOwnLabour(technicianId);
      return logLabour(order, { ...entry, currency: this.currency.now() });
    };
    return written(await this.besideTimers(work_order_id, technicianId, log), laborEntryId);
  }

  /** Has an entry by hand know of a timer of its person that is stopped at the same moment, where both together could pass the limit. */
  private async besideTimers(
    workOrderId: number,
    technicianId: number | null,
    log: (order: WorkOrder) => WorkOrderEvent[],
  ): Promise<Decided<WorkOrder>> {
    const decided = (decide: typeof log) => this.currency.fixed(() => this.orders.decide(workOrders, workOrderId, decide));
    if (technicianId === null) return decided(log);
    let isToWait = false;
    const outcome = await decided((order) => {
      const logged = log(order);
      isToWait = isNearTheLimit(logged);
      return isToWait ? [] : logged;
    });
    if (!isToWait) return outcome;
    return this.turns.take(workOrderId, technicianId, async () => {
      const { state: time } = await this.events.load(timekeeping, technicianId);
      return decided((order) => {
        log(withLastTimer(order, technicianId, time.ended));
        return log(order);
      });
    });
  }

  /** Bills come late: a vendor that the order or an earlier entry of it names may be named, whatever has become of him (S76). */
  private async problems(workOrderId: number, said: Omit<LogLabor, 'work_order_id'>): Promise<Detail[]> {
    const { details, labour } = (await this.events.load(workOrder, workOrderId)).state;
    const { vendor_id = null, technician_id, labor_category_id } = said;
    const named = [details['vendorsIds'] ?? [], ...labour.entries.valueSeq().map(({ event }) => event.data.vendorId)].flat();
    const asked = { technician_id, vendor_id, labor_category_id };
    return this.references.problems(laborEntryIds.name, fields, asked, named.includes(vendor_id) ? { vendor_id } : {});
  }

  /** @throws Rejection NOT_FOUND, INSUFFICIENT_PERMISSIONS another's work, CONFLICT, ALREADY_REVERSED, VALIDATION_FAILED, PRECONDITION_FAILED */
  async reverse({ work_order_id, labor_entry_id, reason, date }: ReverseLaborEntry): Promise<WrittenLabour> {
    const laborEntryId = await this.events.nextId(laborEntryIds.name);
    const { today, tomorrow } = timeHere();
    const reversal = { laborEntryId, reversedEntryId: labor_entry_id, reason, date: date ?? today, tomorrow };
    const outcome = await this.orders.decide(workOrders, work_order_id, (order) => {
      const entry = order.labour.entries.get(labor_entry_id);
      if (entry) requireOwnLabour(entry.event.data.technicianId);
      return reverseLabour(order, reversal);
    });
    return written(outcome, laborEntryId);
  }
}

/** The present, by the clock of the site. */
function timeHere(): Readonly<{ zone: string; now: string; today: string; tomorrow: string }> {
  const zone = timeZoneOf(currentEntity());
  const now = new Date();
  const tomorrow = dayIn(zone, new Date(now.getTime() + oneDayMs));
  return { zone, now: now.toISOString(), today: dayIn(zone, now), tomorrow };
}

function written(outcome: Decided<WorkOrder>, laborEntryId: number): WrittenLabour {
  const event = (outcome.events as readonly RecordedEvent<LabourEvent>[])[0];
  if (!event) throw new Error(`labour ${laborEntryId} of work order ${outcome.id} was answered without its event`);
  return { ...outcome, entry: laborEntryRow(event) };
}
