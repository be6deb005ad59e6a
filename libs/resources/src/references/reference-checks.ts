import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { currentContext, EventStore, type CommandContext, type Detail, type Row } from '#millwright/event-sourcing';
import { childMeant, fieldsOf, type Child, type FieldDefinition, type SaidChild } from '#millwright/fields';
import { referenceTarget } from './reference-targets.js';

/** What one field refers to. `before` is what it referred to so far: that may meanwhile be archived. */
type Asked = Readonly<{ field: string; kind: string; ids: readonly number[]; before: readonly number[] }>;

/** Looks up what a command refers to, in the log, so that a record created a moment ago can be referred to. */
@Injectable()
export class ReferenceChecks {
  constructor(
    private readonly events: EventStore,
    private readonly entities: EntityManager,
  ) {}

  /**
   * A detail for each reference that does not exist here (`not_found`, the same for a stranger's) or is newly given and archived (`archived`).
   * To be thrown inside the decision, not before it: a repeated request must find its own events first.
   * @param root what the fields stand under (`asset` → `asset.location_id`)
   */
  async problems(root: string, fields: readonly FieldDefinition[], values: object, before: object = {}): Promise<Detail[]> {
    const asked = askedByAll(root, fields, values, before);
    const found = await Promise.all(asked.map((reference) => this.problemsOf(reference)));
    return found.flat();
  }

  private async problemsOf({ field, kind, ids, before }: Asked): Promise<Detail[]> {
    const context = currentContext();
    const details = await Promise.all(
      ids.map(async (id): Promise<Detail[]> => {
        const row = await referenceTarget(kind).find(id, { events: this.events, entities: this.entities });
        if (!row || !isHere(row, context)) return [{ field, code: 'not_found', message: `there is no ${kind.replaceAll('_', ' ')} ${id}` }];
        if (row['archived'] === true && !before.includes(id))
          return [{ field, code: 'archived', message: `${kind.replaceAll('_', ' ')} ${id} is archived` }];
        return [];
      }),
    );
    return details.flat();
  }
}

/** Whether a row belongs to the customer of a command and, unless it is the whole customer's, to its site. */
export const isHere = (row: Readonly<Row>, { customerId, entityId }: Pick<CommandContext, 'customerId' | 'entityId'>): boolean =>
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
  { name, target }: FieldDefinition,
  values: ReadonlyMap<string, unknown>,
  before: ReadonlyMap<string, unknown>,
): Asked[] {
  const ids = idsIn(values.get(name));
  return target === undefined || ids.length === 0 ? [] : [{ field: `${root}.${name}`, kind: target, ids, before: idsIn(before.get(name)) }];
}

const idsIn = (value: unknown): number[] => (Array.isArray(value) ? value : [value]).filter((id): id is number => typeof id === 'number');
