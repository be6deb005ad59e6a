import { Injectable, type OnModuleInit } from '@nestjs/common';
import { currentEntity } from '#millwright/access';
import {
  currentContext,
  EventStore,
  PositionNotReached,
  ProcessManagerEngine,
  Rejection,
  runForEverybody,
  runInContext,
  systemClock,
  type Detail,
} from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { refuseIf, ResourceWriter, ResourceWriters, type Decided, type ResourceCommands } from '#millwright/resources';
import { workOrders } from '#millwright/work-orders';
import { followingSite, type SiteSince } from './domain/archived-site.js';
import { dueOf, pauseSchedule, raiseNext, resumeSchedule, skipNext } from './domain/pm-occurrences.js';
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
import { completeTemplate } from './template-work-order.fields.js';

/** How long an answer waits for the order that it raised (S73), in milliseconds. */
const longestWaitMs = 3_000;
/** How long an answer waits for the dates that came before to be raised, in milliseconds: a thousand (S11) take some ten seconds on a busy machine. */
const longestRaisingMs = 20_000;
/** How long a decision is tried, in milliseconds, however long that took. */
const patienceMs = 2_000;

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
    return this.afterWhatIsDue(id, async (judged) => {
      const site = await this.site();
      const now = new Date().toISOString();
      return this.resources.update(pmSchedules, id, withProcedures(input), (schedule, changes) => {
        refuseIf(problems);
        const events = followingSite(schedule, site, now, (current) =>
          changeSchedule({ ...current, template: completeTemplate(current.template) }, { changes, template, now }),
        );
        // What an earlier release took is in nobody's way who changes something else.
        if (events.some(changesTemplate)) refuseWhatNoOrderHolds(events.reduce(pmSchedule.evolve, schedule));
        return judged(schedule, events, now);
      });
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
  private hold(id: number, decision: Decide): Promise<Decided<PmSchedule>> {
    return this.afterWhatIsDue(id, (judged) => this.decide(id, decision, judged));
  }

  /**
   * Carries out a command once the timer has raised the dates that came before it, which it finds out when there is nothing left to refuse it for: whoever is
   * refused has nothing raised. Who expects the revision that the schedule had before that is not refused for what his own request has had raised.
   * @throws Rejection UNAVAILABLE there are more than can be waited for; those that were raised have their orders, and a repeat goes on with the others
   */
  private async afterWhatIsDue(id: number, command: (judged: Judged) => Promise<Decided<PmSchedule>>): Promise<Decided<PmSchedule>> {
    const until = Date.now() + longestRaisingMs;
    let context = currentContext();
    let judged: Judged = unlessOwing;
    for (;;) {
      try {
        return await runInContext({ ...context, deadline: Date.now() + patienceMs }, () => command(judged));
      } catch (failure) {
        if (!(failure instanceof OwesDates)) throw failure;
      }
      // What the timer does not raise is in nobody's way.
      const { isRaised, alone } = await this.raiseWhatIsDue(id, until);
      if (!isRaised) judged = (_, decided) => decided;
      const { expectedRevisions: expected } = context;
      if (alone && typeof expected === 'object' && expected.includes(alone.before))
        context = { ...context, expectedRevisions: [alone.after] };
    }
  }

  /** It is the timer who does it, whoever asks for what comes after: a repeat of that request draws no ids of its again. */
  private raiseWhatIsDue(id: number, until: number): ReturnType<typeof raiseWhatIsDue> {
    const { id: site } = currentEntity();
    const { entityId, customerId, correlationId, requestId: causationId } = currentContext();
    const world = { events: this.events, siteOf: () => siteOfTimer(this.events, site), clock: systemClock };
    return runForEverybody(() => raiseWhatIsDue(id, { entityId, customerId, correlationId, causationId }, world, until));
  }

  private async decide(id: number, decision: Decide, judged: Judged = (_, decided) => decided): Promise<Decided<PmSchedule>> {
    const site = await this.site();
    const now = new Date().toISOString();
    return this.resources.decide(pmSchedules, id, (schedule) =>
      judged(
        schedule,
        followingSite(schedule, site, now, (current) => decision(current, now)),
        now,
      ),
    );
  }

  private zone(): Promise<SiteZone> {
    return zoneOfSite(this.events, currentEntity().id);
  }

  private site(): Promise<SiteSince> {
    return siteSince(this.events, currentEntity().id);
  }
}

type Decide = (schedule: PmSchedule, now: string) => readonly PmScheduleEvent[];

/** What was decided, unless something stands in its way. */
type Judged = (schedule: PmSchedule, decided: readonly PmScheduleEvent[], now: string) => readonly PmScheduleEvent[];

/** Dates came before that have no order yet. It is a refusal, so that whoever expects another revision is told of that. */
class OwesDates extends Rejection {
  constructor() {
    super('UNAVAILABLE', 'Dates that came before are not raised yet. Please try again.');
  }
}

/** @throws OwesDates */
const unlessOwing: Judged = (schedule, decided, now) => {
  const due = decided.some(leadsToOrders) ? dueOf(schedule) : undefined;
  if (due && due.toISOString() <= now) throw new OwesDates();
  return decided;
};

/** What a schedule alone goes by: no date and no order is another for it, whenever it changes (S17). */
const ownNames: ReadonlySet<string> = new Set(['title', 'externalReference']);

const leadsToOrders = (event: PmScheduleEvent): boolean =>
  event.type !== 'PmScheduleChanged' || changesTemplate(event) || Object.keys(event.data.changes).some((name) => !ownNames.has(name));

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
