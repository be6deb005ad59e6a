import { shownColumns, type ColumnType, type TableDefinition } from '#millwright/event-sourcing';
import type { FieldDefinition } from '#millwright/fields';
import { isPersonal, personalVersion, type PersonalFields } from './personal-fields.js';
import { columnSql, inOrder, type ListAttribute, type View, type ViewColumn } from '#millwright/lists';
import { referenceTarget } from '../references/reference-targets.js';
import { neverMissing } from './record-values.js';

/** The columns that fields are kept in. */
export const storedColumns = (fields: readonly FieldDefinition[]): Record<string, ColumnType> =>
  Object.fromEntries(fields.flatMap(({ stored }) => (stored ? [[stored.name, stored.type] as const] : [])));

/** What a list can filter and sort by: every stored field that says how. */
export const listAttributesOf = (fields: readonly FieldDefinition[]): Record<string, ListAttribute> =>
  Object.fromEntries(
    fields.flatMap(({ name, stored, input, target, mentions = target, personal, seenWith }) => {
      if (!stored?.attribute) return [];
      const { attribute: type, most, choices, name: column } = stored;
      const convert = input?.convert;
      // What can be erased can be missing.
      const neverNull = stored.neverNull && !personal;
      // Ids may have a column of another name; what an instruction is about is known by its own.
      const known = target !== undefined || name.endsWith('_by_id') ? name : column;
      return [
        [
          known,
          {
            type,
            most,
            choices,
            neverNull,
            seenWith,
            ...(type === 'text' && convert && { kept: (text: string) => String(convert(text)) }),
            ...(mentions !== undefined && type === 'id' && { names: () => referenceTarget(mentions) }),
            ...(known !== column && { column }),
          },
        ] as const,
      ];
    }),
  );

/** Whose rows they are, beside the fields. */
const ownerColumns = (scope: 'entity' | 'customer'): Record<string, ColumnType> => ({
  customer_id: 'bigint',
  ...(scope === 'entity' && { entity_id: 'bigint' as const }),
});

/** All columns of a resource. */
export const resourceColumns = (fields: readonly FieldDefinition[], scope: 'entity' | 'customer'): Record<string, ColumnType> => ({
  ...ownerColumns(scope),
  ...storedColumns(fields),
});

type PlainTable = Readonly<{
  plural: string;
  scope: 'entity' | 'customer';
  fields: readonly FieldDefinition[];
  personal: PersonalFields;
  defaultSort: string;
  history?: boolean;
}>;

/** The table of a resource without a decider of its own, with an index for each usual sort and each reference. */
export function plainTable({ plural, scope, fields, personal, defaultSort, history }: PlainTable): TableDefinition {
  const kept = fields.filter((field) => !field.personal);
  const named = isPersonal(personal) && { [personalVersion]: 'uuid' as const };
  const columns: Record<string, ColumnType> = { ...resourceColumns(kept, scope), ...named };
  const owner = scope === 'entity' ? 'entity_id' : 'customer_id';
  const [sorted = 'id'] = defaultSort.split(' ');
  const sorts = [...new Set([sorted, 'name', 'created_at'])].filter((name) => name !== 'id' && name in columns);
  const references = kept.flatMap(({ input, stored }) => (input && stored?.attribute === 'id' ? [[stored.name]] : []));
  const listed = kept.flatMap(({ fromBothSides, stored }) => (fromBothSides && stored ? [stored.name] : []));
  return {
    name: plural,
    columns,
    key: ['id'],
    indexes: [...sorts.map((name) => [owner, 'archived', columns[name] === 'text' ? inOrder(`"${name}"`) : name, 'id']), ...references],
    ...(listed.length > 0 && { containing: listed }),
    ...(history && { history: { owner, figures: ['archived'] } }),
  };
}

/** A view in which what is never null is there also in the rows of a build that has no such column yet, or of people who were written before it. */
export function withoutGaps(view: View, fields: readonly FieldDefinition[]): View {
  const initial = Object.entries(neverMissing(fields)).filter(([name]) => name in view.columns);
  const types: Readonly<Record<string, ColumnType>> = storedColumns(fields);
  const columns = initial.map(([name, value]): readonly [string, ViewColumn] => {
    const type = types[name] ?? 'text';
    return [name, { type, sql: `coalesce(${columnSql(view, name)}, '${textOf(value, type).replaceAll("'", "''")}'::${type})` }];
  });
  return columns.length === 0 ? view : { ...view, columns: { ...view.columns, ...Object.fromEntries(columns) } };
}

/** A value as PostgreSQL reads one of that type. */
function textOf(value: unknown, type: ColumnType): string {
  if (type === 'jsonb') return JSON.stringify(value);
  return Array.isArray(value) ? `{${value.join(',')}}` : String(value);
}

type Personal = Readonly<{ name: string; fields: readonly FieldDefinition[]; personal: PersonalFields; table: TableDefinition }>;

/** The read model knows who exists, app.people what is personal of them (what they are called); joined on reading, so that it can be erased. */
export function personalView({ name, fields, personal, table }: Personal): View {
  const detail = (column: string, type: ColumnType): ViewColumn => ({ type, sql: jsonValue(column, type) });
  const details = Object.entries(storedColumns(fields.filter((field) => field.personal))).map(
    ([column, type]) => [column, detail(column, type)] as const,
  );
  const stored = Object.entries(shownColumns(table)).map(
    ([column, type]) => [column, { type, sql: personal.ofChildren.has(column) ? wholeChildren(column) : `record."${column}"` }] as const,
  );
  return {
    from: `(SELECT record.*, person.details AS personal_details FROM read.${table.name} record LEFT JOIN app.people person ON person.kind = '${name}' AND person.id = record.id AND person.version = record.${personalVersion}) record`,
    columns: Object.fromEntries<ViewColumn>([...stored, ...details]),
  };
}

/** Children with what is kept of each by its id. */
const wholeChildren = (list: string): string =>
  `(SELECT jsonb_agg(child || coalesce(record.personal_details -> '${list}' -> (child ->> 'id'), '{}') ORDER BY place) FROM jsonb_array_elements(record."${list}") WITH ORDINALITY children(child, place))`;

function jsonValue(column: string, type: ColumnType): string {
  if (type === 'jsonb') return `(record.personal_details -> '${column}')`;
  if (type === 'bigint[]')
    return `(SELECT array_agg(item::bigint) FROM jsonb_array_elements_text(record.personal_details -> '${column}') item)`;
  return type === 'text' ? `(record.personal_details ->> '${column}')` : `(record.personal_details ->> '${column}')::${type}`;
}
