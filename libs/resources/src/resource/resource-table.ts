import { shownColumns, type ColumnType, type TableDefinition } from '#millwright/event-sourcing';
import type { FieldDefinition } from '#millwright/fields';
import { inOrder, type ListAttribute, type View, type ViewColumn } from '#millwright/lists';

/** Which version of a person's values in app.people an event speaks of. */
export const personalVersion = 'stored_as';

/** The columns that fields are kept in. */
export const storedColumns = (fields: readonly FieldDefinition[]): Record<string, ColumnType> =>
  Object.fromEntries(fields.flatMap(({ stored }) => (stored ? [[stored.name, stored.type] as const] : [])));

/** What a list can filter and sort by: every stored field that says how. */
export const listAttributesOf = (fields: readonly FieldDefinition[]): Record<string, ListAttribute> =>
  Object.fromEntries(
    fields.flatMap(({ name, stored }) => {
      if (!stored?.attribute) return [];
      const { attribute: type, choices, neverNull, name: column } = stored;
      // The ids of people have a column of another name; what an instruction is about is known by its own.
      return [[name.endsWith('_by_id') ? name : column, { type, choices, neverNull, ...(name.endsWith('_by_id') && { column }) }] as const];
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
  personal: boolean;
  fields: readonly FieldDefinition[];
  /** Those of them that requests say or that are shown beside them: what is personal of a person. */
  own: readonly FieldDefinition[];
  defaultSort: string;
  history?: boolean;
}>;

/** The table of a resource without a decider of its own, with an index for each usual sort and each reference. */
export function plainTable({ plural, scope, personal, fields, own, defaultSort, history }: PlainTable): TableDefinition {
  const kept = personal ? fields.filter((field) => !own.includes(field)) : fields;
  const columns: Record<string, ColumnType> = { ...resourceColumns(kept, scope), ...(personal && { [personalVersion]: 'uuid' as const }) };
  const owner = scope === 'entity' ? 'entity_id' : 'customer_id';
  const [sorted = 'id'] = defaultSort.split(' ');
  const sorts = [...new Set([sorted, 'name', 'created_at'])].filter((name) => name !== 'id' && name in columns);
  const references = kept.flatMap(({ input, stored }) => (input && stored?.attribute === 'id' ? [[stored.name]] : []));
  return {
    name: plural,
    columns,
    key: ['id'],
    indexes: [...sorts.map((name) => [owner, 'archived', columns[name] === 'text' ? inOrder(`"${name}"`) : name, 'id']), ...references],
    ...(history && { history: { owner, figures: ['archived'] } }),
  };
}

/** People: the read model knows who exists, app.people what they are called; joined on reading, so that a person can be erased. */
export function personalView(name: string, own: readonly FieldDefinition[], table: TableDefinition): View {
  const detail = (column: string, type: ColumnType): ViewColumn => ({ type, sql: jsonValue(column, type) });
  const details = Object.entries(storedColumns(own)).map(([column, type]) => [column, detail(column, type)] as const);
  const stored = Object.entries(shownColumns(table)).map(([column, type]) => [column, { type, sql: `record."${column}"` }] as const);
  return {
    from: `(SELECT record.*, person.details FROM read.${table.name} record LEFT JOIN app.people person ON person.kind = '${name}' AND person.id = record.id AND person.version = record.${personalVersion}) record`,
    columns: Object.fromEntries([...stored, ...details]),
  };
}

function jsonValue(column: string, type: ColumnType): string {
  if (type === 'jsonb') return `(record.details -> '${column}')`;
  if (type === 'bigint[]') return `(SELECT array_agg(item::bigint) FROM jsonb_array_elements_text(record.details -> '${column}') item)`;
  return type === 'text' ? `(record.details ->> '${column}')` : `(record.details ->> '${column}')::${type}`;
}
