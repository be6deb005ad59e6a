import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { isLeft, restrictionBy } from '#millwright/access';
import {
  currentContext,
  EventStore,
  Rejection,
  type CommandContext,
  type Detail,
  type ErrorCode,
  type Row,
} from '#millwright/event-sourcing';
import {
  childMeant,
  fieldsOf,
  spoken,
  type Child,
  type Demand,
  type FieldDefinition,
  type Problem,
  type SaidChild,
} from '#millwright/fields';
import { referenceTarget, type ReferenceServices, type ReferenceTarget } from './reference-targets.js';

type RecordValues = Readonly<Record<string, unknown>>;

/** What one field refers to. `before` is what it referred to so far: that may meanwhile be archived. */
type Asked = Readonly<{ field: string; kind: string; demands?: Demand; ids: readonly number[]; before: readonly number[] }>;

/** Looks up what a command refers to, in the log, so that a record created a moment ago can be referred to. */
@Injectable()
export class ReferenceChecks {
  constructor(
    private readonly events: EventStore,
    private readonly entities: EntityManager,
  ) {}

  /**
   * A detail for each reference that does not exist here (`not_found`, the same for a stranger's) or is newly given and archived (`archived`), or
   * not what the field demands of it (`not_assignable`).
   * To be thrown inside the decision, not before it: a repeated request must find its own events first.
   * @param root what the fields stand under (`asset` → `asset.location_id`)
   */
  async problems(root: string, fields: readonly FieldDefinition[], values: object, before: object = {}): Promise<Detail[]> {
    const asked = askedByAll(root, fields, values, before);
    const found = await Promise.all(asked.map((reference) => this.problemsOf(reference)));
    return found.flat();
  }

  /**
   * What a request says of lists of ids, with those that the record names at other sites: who speaks for one site neither sees nor drops them. It holds
   * while the record's `listsSaid` are as they were `before`.
   * @param said stored values, by their names
   */
  async withThoseElsewhere(fields: readonly FieldDefinition[], said: RecordValues, before: RecordValues): Promise<RecordValues> {
    const { entityId } = currentContext();
    const kept = await Promise.all(
      listsSaid(fields, said).map(async ({ name, target, ids }) => {
        const had = idsIn(before[name]);
        const rows = await Promise.all(had.map((id) => referenceTarget(target).find(id, { events: this.events, entities: this.entities })));
        const elsewhere = had.filter((_, place) => rows[place]?.['entity_id'] != null && rows[place]['entity_id'] !== entityId);
        return elsewhere.length === 0 ? undefined : ([name, [...new Set([...ids, ...elsewhere])]] as const);
      }),
    );
    return { ...said, ...Object.fromEntries(kept.filter((entry) => entry !== undefined)) };
  }

  /**
   * Has refusals say the number of a record to who sees that record, and to nobody else (contract, part 4, S18).
   * @param kinds of the records that refusals with these codes name as `id`
   * @throws Rejection what `work` throws, without the number of what whoever asks does not see
   */
  async namingSeen<T>(kinds: Readonly<Partial<Record<ErrorCode, string>>>, work: () => Promise<T>): Promise<T> {
    const context = currentContext();
    const seen = async (kind: string, id: number): Promise<boolean> => {
      const { rows, find } = referenceTarget(kind);
      const restriction = restrictionBy(rows);
      if (!restriction) return true;
      const row = await find(id, { events: this.events, entities: this.entities });
      return row !== undefined && isHere(row, context) && isLeft(row, restriction);
    };
    return work().catch(async (failure: unknown) => {
      const kind = failure instanceof Rejection ? kinds[failure.code] : undefined;
      if (!(failure instanceof Rejection) || kind === undefined) throw failure;
      const { id, ...facts } = failure.facts;
      if (typeof id !== 'number' || (await seen(kind, id))) throw failure;
      const without = (text: string): string => text.replace(new RegExp(` ${id}\\b`), '');
      const details = failure.details.map((detail) => ({ ...detail, message: without(detail.message) }));
      throw new Rejection(failure.code, without(failure.message), details, facts);
    });
  }

  private async problemsOf({ field, kind, demands, ids, before }: Asked): Promise<Detail[]> {
    const context = currentContext();
    const details = await Promise.all(
      ids.map(async (id): Promise<Detail[]> => {
        const problem = await referenceProblem({ kind, id, demands }, context, { events: this.events, entities: this.entities });
        return problem && (problem.code === 'not_found' || !before.includes(id)) ? [{ field, ...problem }] : [];
      }),
    );
    return details.flat();
  }
}

/** The lists of records that a request gives anew. */
export const listsSaid = (fields: readonly FieldDefinition[], said: RecordValues): { name: string; target: string; ids: number[] }[] =>
  fields.flatMap(({ name, target }) => {
    const ids = said[name];
    return target !== undefined && Array.isArray(ids) ? [{ name, target, ids: ids as number[] }] : [];
  });

/** A record that something names, and what it must be to be named anew. */
type NamedRecord = Readonly<{ kind: string; id: number; demands?: Demand }>;

/** Where whatever names it belongs. */
type Place = Pick<CommandContext, 'customerId' | 'entityId'>;

/** Why a record cannot be named anew: not_found, archived or not_assignable. Undefined where it can. */
export async function referenceProblem(
  { kind, id, demands }: NamedRecord,
  place: Place,
  services: ReferenceServices,
): Promise<Problem | undefined> {
  const target = referenceTarget(kind);
  const restriction = restrictionBy(target.rows);
  const row = await target.find(id, services);
  if (!row || !isHere(row, place) || !isLeft(row, restriction)) return { code: 'not_found', message: `there is no ${spoken(kind)} ${id}` };
  if (row['archived'] === true) return { code: 'archived', message: `${spoken(kind)} ${id} is archived` };
  return meets(target, demands, row) ? undefined : { code: 'not_assignable', message: `${spoken(kind)} ${id} is not ${demands}` };
}

/** Whether a record is what is demanded of it, by what its kind means with that. What it has not said, it is. */
export const meets = ({ demands: known }: ReferenceTarget, demands: Demand | undefined, row: RecordValues): boolean =>
  demands === undefined || Object.entries(known?.[demands] ?? {}).every(([flag, wanted]) => row[flag] == null || row[flag] === wanted);

/** Whether a row belongs to the customer of a command and, unless it is the whole customer's, to its site. */
export const isHere = (row: Readonly<Row>, { customerId, entityId }: Place): boolean =>
  row['customer_id'] === customerId && (row['entity_id'] == null || row['entity_id'] === entityId);

function askedByAll(root: string, fields: readonly FieldDefinition[], values: object, before: object = {}): Asked[] {
  const [asked, had] = [new Map<string, unknown>(Object.entries(values)), new Map<string, unknown>(Object.entries(before))];
  return fields.flatMap((field) => [...askedBy(root, field, asked, had), ...askedByChildren(root, field, asked, had)]);
}

/** What is said of children, each at its place: what a child that is to go refers to is nobody's business any more. */
function askedByChildren(
  root: string,
  { name, stored, children: list }: FieldDefinition,
  values: ReadonlyMap<string, unknown>,
  before: ReadonlyMap<string, unknown>,
): Asked[] {
  const said = values.get(stored?.name ?? name);
  if (!list || !Array.isArray(said)) return [];
  const had = (before.get(stored?.name ?? name) ?? []) as readonly Child[];
  return (said as readonly SaidChild[]).flatMap((child, place) =>
    child._destroy ? [] : askedByAll(`${root}.${name}.${place}`, fieldsOf(list.type), child, childMeant(list, had, child)),
  );
}

function askedBy(
  root: string,
  { name, stored, target, demands }: FieldDefinition,
  values: ReadonlyMap<string, unknown>,
  before: ReadonlyMap<string, unknown>,
): Asked[] {
  const column = stored?.name ?? name;
  const ids = idsIn(values.get(column));
  if (target === undefined || ids.length === 0) return [];
  return [{ field: `${root}.${name}`, kind: target, demands, ids, before: idsIn(before.get(column)) }];
}

const idsIn = (value: unknown): number[] => (Array.isArray(value) ? value : [value]).filter((id): id is number => typeof id === 'number');
