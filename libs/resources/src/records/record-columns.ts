import { shownColumns, type ColumnType, type TableDefinition } from '#millwright/event-sourcing';
import type { FieldDefinition } from '../fields/index.js';
import { inOrder, type AttributeType, type ListAttribute, type View, type ViewColumn } from '../list-query/index.js';
import { storedName } from '../resource/stored-values.js';
import type { RecordOptions } from './record-options.js';

type Shape = Pick<RecordOptions<object>, 'name' | 'plural' | 'scope' | 'personal' | 'inherent' | 'defaultSort' | 'search' | 'history'>;

/** Which version of a person's values in app.people an event speaks of. */
export const personalVersion = 'stored_as';

/** The columns that input fields become. */
export function storedColumns(fields: readonly FieldDefinition[]): Record<string, ColumnType> {
  const columns: Record<string, ColumnType> = {};
  for (const field of fields) {
    const name = storedName(field);
    if (name !== undefined && field.column) columns[name] = name === 'qr_code' ? 'text' : field.column;
  }
  return columns;
}

const around: Readonly<Record<string, ColumnType>> = {
  archived: 'boolean',
  revision: 'bigint',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
  created_by: 'bigint',
  updated_by: 'bigint',
};

/** The table of a kind of record, with an index for each usual sort and each reference. */
export function recordTable(shape: Shape, fields: readonly FieldDefinition[]): TableDefinition {
  const { plural, scope, personal = false, inherent = {}, defaultSort = 'name asc' } = shape;
  const values = personal ? { [personalVersion]: 'uuid' as const } : storedColumns(fields);
  const inherentColumns = Object.fromEntries(Object.entries(inherent).map(([name, { column }]) => [name, column]));
  const owner = scope === 'entity' ? 'entity_id' : 'customer_id';
  const [sorted = 'id'] = defaultSort.split(' ');
  const sorts = [...new Set([sorted, 'name', 'created_at'])].filter((name) => name in values || name in around);
  const references = fields.flatMap(({ kind, name }) => (kind === 'reference' && !personal ? [[name]] : []));
  return {
    name: plural,
    columns: {
      id: 'bigint',
      customer_id: 'bigint',
      ...(scope === 'entity' && { entity_id: 'bigint' as const }),
      ...values,
      ...inherentColumns,
      ...around,
    },
    key: ['id'],
    indexes: [...sorts.map((name) => [owner, 'archived', values[name] === 'text' ? inOrder(`"${name}"`) : name, 'id']), ...references],
    ...(shape.history && { history: { owner, figures: ['archived'] } }),
  };
}

/** People: the read model knows who exists, app.people what they are called; joined on reading, so that a person can be erased. */
export function personalView({ name }: Shape, fields: readonly FieldDefinition[], table: TableDefinition): View {
  const detail = (column: string, type: ColumnType): ViewColumn => ({ type, sql: jsonValue(column, type) });
  const details = Object.entries(storedColumns(fields)).map(([column, type]) => [column, detail(column, type)] as const);
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

const attributeTypes: Readonly<Partial<Record<ColumnType, AttributeType>>> = {
  text: 'text',
  integer: 'integer',
  numeric: 'decimal',
  boolean: 'flag',
  date: 'date',
  timestamptz: 'instant',
  bigint: 'id',
  'bigint[]': 'ids',
};

/** Every stored field can be filtered and sorted by; so can the id, the times, the people and whether it is archived. */
export function listAttributesOf({ inherent = {} }: Shape, fields: readonly FieldDefinition[]): Record<string, ListAttribute> {
  const inherentColumns = Object.entries(inherent).map(([name, { column }]) => [name, column] as const);
  const choices = new Map(
    [...fields, ...Object.entries(inherent).map(([name, { choices: words }]) => ({ name, choices: words }))].map((field) => [
      field.name,
      field.choices,
    ]),
  );
  const required = new Set(fields.flatMap(({ name, presence }) => (presence === 'required' ? [name] : [])));
  const own = [...Object.entries(storedColumns(fields)), ...inherentColumns].flatMap(([name, column]) => {
    const type = attributeTypes[column];
    return type ? [[name, { type, choices: choices.get(name), neverNull: required.has(name) }] as const] : [];
  });
  return {
    id: { type: 'id', neverNull: true },
    ...Object.fromEntries(own),
    archived: { type: 'flag', neverNull: true },
    created_at: { type: 'instant', neverNull: true },
    updated_at: { type: 'instant', neverNull: true },
    created_by_id: { type: 'id', column: 'created_by', neverNull: true },
    updated_by_id: { type: 'id', column: 'updated_by', neverNull: true },
  };
}
