import { Injectable, type OnModuleInit } from '@nestjs/common';
import { currentEntity } from '#millwright/access';
import { currentContext, EventStore, PositionNotReached, ProcessManagerEngine, systemClock, type Detail } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { existsHere, refuseIf, ResourceWriter, ResourceWriters, type Decided, type ResourceCommands } from '#millwright/resources';
import { workOrders } from '#millwright/work-orders';
import { followingSite, type SiteSince } from './domain/archived-site.js';
import { pauseSchedule, raiseNext, resumeSchedule, skipNext } from './domain/pm-occurrences.js';
import { archiveSchedule, changeSchedule, registerSchedule, unarchiveSchedule, type SiteZone } from './domain/pm-schedule-registration.js'; // prettier-ignore
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import type { PmSchedule } from './domain/pm-schedule.state.js';
import { occurrenceReactionName } from './order-opening.js';
import { refuseWhatNoOrderHolds } from './order-size.js';
import type { PmScheduleFields } from './pm-schedule.fields.js';
import { pmSchedules, templateWorkOrderIds } from './pm-schedule.resource.js';
import { raiseWhatIsDue } from './pm-timer.js';
import { siteOfTimer, siteSince, zoneOfSite } from './site-zone.js';
import { TemplateInputs } from './template-inputs.js';

/** How long an answer waits for the order that it raised (S73), in milliseconds. */
const longestWaitMs = 3_000;

/** Brings commands on schedules to their stream. */
@Injectable()
export class PmScheduleWriter implements ResourceCommands, OnModuleInit {
  constructor(
    private readonly resources: ResourceWriter,
    private readonly events: EventStore,
    private readonly templates: TemplateInputs,
    private readonly processes: ProcessManagerEngine,
    private readonly writers: ResourceWriters,
  ) {}

  onModuleInit(): void {
    this.writers.register(pmSchedules, this);
  }

  /** @throws Rejection VALIDATION_FAILED, EVENT_TOO_LARGE, DUPLICATE_REFERENCE, CONFLICT */
  async create(input: PmScheduleFields): Promise<Decided<PmSchedule>> {
    const { template, problems } = await this.templates.of(input);
    if (template['title'] == null && input.title == null) problems.push(titleWanted);
    const templateWorkOrderId = await this.events.nextId(templateWorkOrderIds.name);
    const facts = { templateWorkOrderId, ...(await this.zone()), now: new Date().toISOString() };
    return this.resources.create(pmSchedules, withProcedures(input), (schedule, pmScheduleId, details) => {
      refuseIf(problems);
      const named = { partAssignments: [], ...template, title: template['title'] ?? details.title };
      const events = registerSchedule(schedule, { ...facts, pmScheduleId, details, template: named });
      refuseWhatNoOrderHolds(events.reduce(pmSchedule.evolve, schedule));
      return events;
    });
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, EVENT_TOO_LARGE, CONFLICT, DUPLICATE_REFERENCE, PRECONDITION_FAILED */
  async update(id: number, input: Partial<PmScheduleFields>): Promise<Decided<PmSchedule>> {
    const { state } = await this.events.load(pmSchedule, id);
    const { template, problems } = await this.templates.of(input, state.template);
    await this.raiseWhatIsDue(id, state);
    const site = await this.site();
    const now = new Date().toISOString();
    return this.resources.update(pmSchedules, id, withProcedures(input), (schedule, changes) => {
      refuseIf(problems);
      const events = followingSite(schedule, site, now, (current) => changeSchedule(current, { changes, template, now }));
      // What an earlier release took is in nobody's way who changes something else.
      if (events.some(changesTemplate)) refuseWhatNoOrderHolds(events.reduce(pmSchedule.evolve, schedule));
      return events;
    });
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED */
  archive(id: number): Promise<Decided<PmSchedule>> {
    return this.hold(id, archiveSchedule);
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED */
  unarchive(id: number): Promise<Decided<PmSchedule>> {
    return this.decide(id, (schedule, now) => unarchiveSchedule(schedule, { now }));
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED */
  pause(id: number): Promise<Decided<PmSchedule>> {
    return this.hold(id, pauseSchedule);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED */
  resume(id: number): Promise<Decided<PmSchedule>> {
    return this.decide(id, (schedule, now) => resumeSchedule(schedule, { now }));
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED */
  skip(id: number): Promise<Decided<PmSchedule>> {
    return this.decide(id, (schedule, now) => skipNext(schedule, { now }));
  }

  /** Answered when its order is open, as a rule. @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED */
  async raise(id: number): Promise<Decided<PmSchedule>> {
    const workOrderId = await this.events.nextId(workOrders.name);
    const outcome = await this.decide(id, (schedule) => raiseNext(schedule, { workOrderId }));
    try {
      await this.processes.waitFor(occurrenceReactionName, outcome.position, { timeout: longestWaitMs });
      return { ...outcome, position: await this.events.head() };
    } catch (error) {
      // What was raised is on record, and its order follows.
      if (error instanceof PositionNotReached) return outcome;
      throw error;
    }
  }

  /** A decision after which no date that came before it is raised any more. */
  private async hold(id: number, decision: Decide): Promise<Decided<PmSchedule>> {
    await this.raiseWhatIsDue(id, (await this.events.load(pmSchedule, id)).state);
    return this.decide(id, decision);
  }

  /** It is the timer who does it, whoever asks for what comes after. */
  private async raiseWhatIsDue(id: number, { history }: PmSchedule): Promise<void> {
    if (!existsHere(history)) return;
    const { entityId, customerId, correlationId, requestId: causationId } = currentContext();
    const siteOf = () => siteOfTimer(this.events, currentEntity().id);
    await raiseWhatIsDue(id, { entityId, customerId, correlationId, causationId }, { events: this.events, siteOf, clock: systemClock });
  }

  private async decide(id: number, decision: Decide): Promise<Decided<PmSchedule>> {
    const site = await this.site();
    const now = new Date().toISOString();
    return this.resources.decide(pmSchedules, id, (schedule) => followingSite(schedule, site, now, (current) => decision(current, now)));
  }

  private zone(): Promise<SiteZone> {
    return zoneOfSite(this.events, currentEntity().id);
  }

  private site(): Promise<SiteSince> {
    return siteSince(this.events, currentEntity().id);
  }
}

type Decide = (schedule: PmSchedule, now: string) => readonly PmScheduleEvent[];

const changesTemplate = ({ type, data }: PmScheduleEvent): boolean => type === 'PmScheduleChanged' && Object.keys(data.template).length > 0;

const titleWanted: Detail = {
  field: 'pm_schedule.template_work_order.title',
  code: 'required',
  message: 'must be given, here or as the title of the schedule',
};

/** The schedule's own fields, with procedures wherever they were named. @throws Rejection VALIDATION_FAILED (contradicts) in both places */
function withProcedures({ template_work_order, ...own }: Partial<PmScheduleFields>): object {
  const inside = template_work_order?.procedure_template_ids;
  if (inside === undefined) return own;
  if (own.procedure_template_ids !== undefined)
    throw invalid([
      {
        field: 'pm_schedule.template_work_order.procedure_template_ids',
        code: 'contradicts',
        message: "is given beside the schedule's own procedure_template_ids; give one of the two",
        names: ['procedure_template_ids'],
      },
    ]);
  return { ...own, procedure_template_ids: inside };
}
