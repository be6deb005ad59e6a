import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { currentEntity, isLeft, restrictionBy, userIdOf } from '#millwright/access';
import {
  currentContext,
  EventStore,
  KeptTexts,
  PositionNotReached,
  ProcessManagerEngine,
  Rejection,
  type Detail,
  type ExecuteOptions,
  type Loaded,
  type Outcome,
  type Position,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { columnSql, inOrder, rowsOf } from '#millwright/lists';
import { duplicateReference, Questions, referenceKey, refuseIf, ResourceWriter, type Decided } from '#millwright/resources';
import { alarmsName, openedBy } from './alarm-process.js';
import { alarm, raiseAlarm, repeatAlarm, takesRepeats, type Alarm } from './domain/alarm.js';
import type { AlarmEvent } from './domain/alarm.events.js';
import { openWorkOrder, type OpenWorkOrder } from './domain/work-order-status.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { pending } from './awaited-processes.js';
import { Overtaken, PreparedComment } from './prepared-comment.js';
import { namingTemplates } from './procedures/template-copies.js';
import { workOrders } from './work-order.resource.js';

/** How long an answer waits for the order that another request opens, in milliseconds. */
const longestWaitMs = 5_000;
/** How long one step is tried, in milliseconds. */
const patienceMs = 3_000;

/** What an order with a key is to be. `problems`: what is wrong with what it refers to. */
export type AlarmedOrder = Omit<OpenWorkOrder, 'workOrderId'> & Readonly<{ problems: readonly Detail[] }>;

/** `order`: the one that a repeat is of, as it was a moment ago, where that was read; a repeat changes nothing of it. */
type DecidedAlarm = Readonly<{ outcome: Outcome<Alarm>; order?: Loaded<WorkOrder> }>;

/** Alarms of machines: of all that come with one key while an order of it is open, one opens it and the others are said on it (S5, S42). */
@Injectable()
export class Alarms {
  private readonly texts: KeptTexts;

  constructor(
    private readonly events: EventStore,
    private readonly resources: ResourceWriter,
    private readonly processes: ProcessManagerEngine,
    private readonly questions: Questions,
    private readonly database: DataSource,
    entities: EntityManager,
  ) {
    this.texts = new KeptTexts(entities);
  }

  /**
   * @param text what a repeat says
   * @throws Rejection VALIDATION_FAILED, DUPLICATE_REFERENCE, CONFLICT (an order has the key that whoever asks does not see), COMPLETION_PENDING (taken, and still being carried out)
   */
  async raise(key: string, text: string, wanting: Promise<AlarmedOrder>): Promise<Decided<WorkOrder>> {
    const id = `${currentEntity().id}.${createHash('sha256').update(key).digest('hex')}`;
    const comment = new PreparedComment(text, this.texts, this.events);
    const { outcome, order } = await comment.keptIfNamedBy(() => this.decided(id, key, wanting, comment));
    return this.followed(outcome, order);
  }

  /** Appends what the alarm is: its first, or a repeat. */
  private async decided(id: string, key: string, wanting: Promise<AlarmedOrder>, comment: PreparedComment): Promise<DecidedAlarm> {
    for (;;) {
      // As a rule this process knows which order the alarm has: whatever is read is read in one turn, and what a repeat says is kept in it.
      const known = this.events.recent(alarm, id)?.workOrderId ?? null;
      const [wanted, { state: seen }, order] = await Promise.all([
        wanting,
        this.events.load(alarm, id),
        known === null ? undefined : this.events.load(workOrder, known),
        known === null ? undefined : comment.kept(),
      ]);
      const ofTheAlarm = seen.workOrderId === known ? order : undefined;
      const holder = await this.openOrder(seen, key, ofTheAlarm?.state);
      if (holder !== undefined) await this.requireSeen(holder);
      const judged = holder === undefined ? wanted : withoutWhatLeft(wanted);
      const decide = (decision: (state: Alarm) => AlarmEvent[]) => (state: Alarm) => {
        // Whoever came first may have made a repeat of this one, which is judged by less.
        if (state.workOrderId !== seen.workOrderId) throw new Overtaken();
        refuseWrong(judged);
        return decision(state);
      };
      try {
        if (holder === undefined) return { outcome: await this.open(id, wanted, decide) };
        return { outcome: await this.repeat(id, holder, comment, decide), order: holder === known ? ofTheAlarm : undefined };
      } catch (failure) {
        if (!(failure instanceof Overtaken)) throw failure;
      }
    }
  }

  /** The order that repeats go to: the newest, else an older one that was opened again. */
  private async openOrder(seen: Alarm, key: string, order: WorkOrder | undefined): Promise<number | undefined> {
    const { workOrderId, counts } = seen;
    if (workOrderId === null) return undefined;
    if (order ? takesRepeats(seen, order) : await this.isOpen(seen, workOrderId)) return workOrderId;
    if (counts.size < 2) return undefined;
    await this.questions.everythingIsShown('The work orders of this alarm cannot be read right now. Please try again.');
    const { view } = workOrders.list;
    const sql = (name: string): string => columnSql(view, name);
    const [older] = await this.database.query<{ id: string }[]>(
      `SELECT ${sql('id')}::text AS id FROM ${rowsOf(view)} WHERE ${sql('entity_id')} = $1 AND ${inOrder(sql('dedup_key'))} = $2
         AND ${sql('status_kind')} = 'open' AND NOT ${sql('archived')} ORDER BY ${sql('id')} DESC LIMIT 1`,
      [currentEntity().id, key],
    );
    return older && (await this.isOpen(seen, Number(older.id))) ? Number(older.id) : undefined;
  }

  /** Who does not see the order that has the key neither says something on it nor is told of it. @throws Rejection CONFLICT */
  private async requireSeen(workOrderId: number): Promise<void> {
    const restriction = restrictionBy(workOrders.list.rows);
    if (!restriction) return;
    const { state, revision } = await this.events.load(workOrder, workOrderId);
    if (!isLeft(workOrders.rowOf(state, revision), restriction))
      throw new Rejection('CONFLICT', 'This key is in use for work that is still open; take another one.');
  }

  private async isOpen(seen: Alarm, workOrderId: number): Promise<boolean> {
    return takesRepeats(seen, (await this.events.load(workOrder, workOrderId)).state);
  }

  private async open(id: string, { details, status, completedAt, templates }: AlarmedOrder, decide: Decide): Promise<Outcome<Alarm>> {
    const { externalReference } = details;
    const workOrderId = await this.resources.idToCreate(workOrders, externalReference);
    const { state: taken } = await this.events.load(workOrder, workOrderId);
    const opening = this.events.execute(
      alarm,
      id,
      decide((state) => {
        // Without a reference the id is that of an order which the sequence has forgotten: the next one is tried.
        if (taken.history && externalReference === null) throw new Overtaken();
        if (taken.history) throw duplicateReference(referenceKey(workOrders.name, String(externalReference)), workOrderId);
        return raiseAlarm(state, {
          workOrderId,
          details,
          status: status ?? null,
          completedAt: completedAt ?? null,
          procedures: templates ?? [],
        });
      }),
      patiently(),
    );
    return opening.catch(namingTemplates(templates));
  }

  private async repeat(id: string, workOrderId: number, comment: PreparedComment, decide: Decide): Promise<Outcome<Alarm>> {
    const { commentId, text } = await comment.kept();
    const said = { workOrderId, commentId, authorId: userIdOf(currentContext().actor), textId: text.id, textSha256: text.digest };
    const append = (): Promise<Outcome<Alarm>> =>
      this.events.execute(
        alarm,
        id,
        decide((state) => repeatAlarm(state, said)),
        patiently(),
      );
    return comment.namedBy(append);
  }

  /**
   * What follows from the alarm, and the order after it, at a position that covers both. Another process may have come first: then it is there.
   * @param repeated the order that it is a repeat of, as it was a moment ago
   */
  private async followed(outcome: Outcome<Alarm>, repeated?: Loaded<WorkOrder>): Promise<Decided<WorkOrder>> {
    const [happened] = outcome.events as readonly RecordedEvent<AlarmEvent>[];
    if (!happened) throw new Error('an alarm was answered without its event');
    const { workOrderId } = happened.data;
    const order =
      happened.type === 'AlarmRaised'
        ? await this.events.execute(workOrder, workOrderId, openedBy(happened.data, happened.metadata.recorded_at), patiently())
        : repeated?.state.history && repeated.state.workOrderId === workOrderId
          ? repeated
          : await this.opened(workOrderId, outcome.position);
    const position = later(outcome.position, order.position);
    const decided = this.resources.written(workOrders, workOrderId, { ...order, position, events: [] });
    const shown = { ...decided, row: { ...decided.row, alarm_count: happened.type === 'AlarmRaised' ? 1 : happened.data.alarmCount } };
    return happened.type === 'AlarmRepeated' ? { ...shown, status: 200 } : shown;
  }

  /** A repeat may come before whoever was first has opened the order. */
  private async opened(workOrderId: number, position: Position): Promise<Loaded<WorkOrder>> {
    const order = await this.events.load(workOrder, workOrderId);
    if (order.state.history) return order;
    try {
      await this.processes.waitFor(alarmsName, position, { timeout: longestWaitMs });
    } catch (error) {
      throw error instanceof PositionNotReached ? pending(position) : error;
    }
    return this.events.load(workOrder, workOrderId);
  }
}

const later = (one: Position, other: Position): Position => (one > other ? one : other);

/** Of a storm of alarms most are overtaken and begin anew: each step has its time for itself. */
const patiently = (): Pick<ExecuteOptions, 'context'> => ({ context: { ...currentContext(), deadline: Date.now() + patienceMs } });

type Decide = (decision: (state: Alarm) => AlarmEvent[]) => (state: Alarm) => AlarmEvent[];

/** What is said of a record that a machine names and that is not there any more, or not there alone. */
const hasLeft: readonly string[] = ['not_found', 'archived', 'not_assignable', 'ambiguous'];

/**
 * What a repeat is judged by. It opens nothing: a machine says the same as before, also where its technician or its asset has left meanwhile, and is not to go
 * unheard for it.
 */
const withoutWhatLeft = (wanted: AlarmedOrder): AlarmedOrder => ({
  ...wanted,
  problems: wanted.problems.filter(({ code }) => !hasLeft.includes(code)),
});

/** What would be wrong with opening the order: said before anything is appended, also of a repeat. */
function refuseWrong({ problems, ...wanted }: AlarmedOrder): void {
  refuseIf(problems);
  openWorkOrder(workOrder.initialState, { workOrderId: 0, ...wanted });
}
