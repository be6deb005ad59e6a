import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  currentContext,
  EventStore,
  PositionNotReached,
  ProcessManagerEngine,
  ProjectionEngine,
  Rejection,
  type Detail,
  type Event,
  type Outcome,
  type Position,
} from '#millwright/event-sourcing';
import { spoken } from '#millwright/fields';
import { meets } from '../references/reference-checks.js';
import { referenceTarget } from '../references/reference-targets.js';
import { Questions } from '../questions.js';
import type { PlainResource } from '../resource/resource-definition.js';
import type { RecordState, RecordValues } from '../resource/plain-decider.js';
import { idsIn, idsSaid, idsTogether, type Pair, type WantedRelation } from '../resource/relation-statements.js';
import type { Relation } from './relation.js';

/** How long an answer waits for the owners, in milliseconds; past that the client is asked to come back. */
const longestWaitMs = 5_000;

/** How long an answer waits for the read models, which alone know who names a record, in milliseconds. */
const longestReadMs = 1_000;

/** What a request wants of the relations of a record: `said` for its decision; `ids` (of relations alone) and `before` for what is looked up. */
export type Asked = Readonly<{
  said: RecordValues;
  ids: RecordValues;
  before: RecordValues;
  relations: readonly Relation<unknown, Event>[];
}>;

/** Brings what a record wants of relations that others own to the others, and waits until they have it. */
@Injectable()
export class Relations {
  private readonly known: Relation<unknown, Event>[] = [];

  constructor(
    private readonly events: EventStore,
    private readonly database: DataSource,
    private readonly questions: Questions,
    private readonly processes: ProcessManagerEngine,
    private readonly projections: ProjectionEngine,
  ) {}

  /** To be called at start, by the room that knows both sides. */
  register<State, E extends Event>(relation: Relation<State, E>): void {
    this.known.push(relation);
  }

  /**
   * What a request names of relations, with what the owners say so far. `id` is null for a record that is to be made.
   * @throws Rejection UNAVAILABLE who names the record cannot be read
   */
  async asked({ class: kind }: PlainResource, id: number | null, state: RecordState, wanted: RecordValues): Promise<Asked> {
    const relations = this.known.filter((relation) => relation.side.class === kind && wanted[relation.column] !== undefined);
    const found = await Promise.all(
      relations.map(async (relation) => {
        const { column } = relation;
        const ids = idsIn(wanted[column]);
        const site = currentContext().entityId;
        const said: WantedRelation = { site, ids, pairs: await this.pairs(relation, id, state, { site, ids }) };
        return { column, said, ids, before: idsTogether(state.statements?.[column], said) };
      }),
    );
    return {
      relations,
      said: { ...wanted, ...Object.fromEntries(found.map(({ column, said }) => [column, said])) },
      ids: Object.fromEntries(found.map(({ column, ids }) => [column, ids])),
      before: { ...state.values, ...Object.fromEntries(found.map(({ column, before }) => [column, before])) },
    };
  }

  /** A detail for each relation under which a record names others anew without being what they demand (`not_assignable`), once it has `values`. */
  problems({ root, name }: PlainResource, { relations, ids, before }: Asked, values: RecordValues): Detail[] {
    return relations
      .filter(({ column, demands }) => {
        const had = new Set(idsIn(before[column]));
        return idsIn(ids[column]).some((id) => !had.has(id)) && !meets(referenceTarget(name), demands, values);
      })
      .map(({ column, demands }) => ({
        field: `${root}.${column}`,
        code: 'not_assignable',
        message: `cannot be named by a ${spoken(name)} that is not ${demands}`,
      }));
  }

  /** @throws Rejection COMPLETION_PENDING (with `position`) when the owners take longer than 5 s: the command stands, and a repeat waits on */
  async settled<State>({ relations }: Asked, outcome: Outcome<State>): Promise<Outcome<State>> {
    if (relations.length === 0) return outcome;
    const until = Date.now() + longestWaitMs;
    for (const { name } of relations) await this.passed(name, outcome.position, until);
    const head = await this.events.head();
    if (outcome.events.length > 0) currentContext().commits?.note(head);
    return { ...outcome, position: head > outcome.position ? head : outcome.position };
  }

  /** Waits until the read models show who names a record of such a kind. */
  async shown({ class: kind }: PlainResource, position: Position): Promise<void> {
    if (this.known.some(({ side }) => side.class === kind)) await this.projections.reaches(position, longestReadMs);
  }

  private async pairs(
    { owner, column, pairIn }: Relation<unknown, Event>,
    id: number | null,
    state: RecordState,
    { site, ids }: Pick<WantedRelation, 'site' | 'ids'>,
  ): Promise<ReadonlyMap<number, Pair>> {
    const naming = id === null ? [] : await this.naming(owner, id, site);
    const all = new Set([...ids, ...naming, ...idsIn(state.values[column]), ...idsSaid(state.statements?.[column], site)]);
    return new Map(
      await Promise.all(
        [...all].map(async (ownerId): Promise<[number, Pair]> => {
          const loaded = await this.events.load(owner.stream, ownerId);
          return [ownerId, id === null ? { linked: false, heard: -1 } : pairIn(loaded.state, id, state, ownerId)];
        }),
      ),
    );
  }

  private async naming({ kind, column }: Relation<unknown, Event>['owner'], id: number, site: number | null): Promise<number[]> {
    await this.questions.everythingIsShown('What belongs to this record cannot be read right now. Please try again.');
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT id FROM ${referenceTarget(kind).view.from} WHERE "${column}" @> ARRAY[$1::bigint] AND entity_id = $2`,
      [id, site],
    );
    return rows.map((row) => Number(row.id));
  }

  private async passed(name: string, position: Position, until: number): Promise<void> {
    try {
      await this.processes.waitFor(name, position, { timeout: Math.max(0, until - Date.now()) });
    } catch (error) {
      if (!(error instanceof PositionNotReached)) throw error;
      throw new Rejection('COMPLETION_PENDING', 'The request was taken and is still being carried out; repeat it to wait on.', [], {
        position: position.toString(),
      });
    }
  }
}
