import type { ColumnType, Projection, Row, TableDefinition } from '#millwright/event-sourcing';
import { ExternalReference, fieldsOf, partialClassOf, type Class, type FieldDefinition } from '../fields/index.js';
import { viewOf, type ListAttribute, type ListDefinition, type View } from '../list-query/index.js';
import { camelCase, pascalCase, snakeCase } from '../names.js';
import { recordStream, type RecordRules, type RecordStream, type RecordValues } from './record-decider.js';
import { listAttributesOf, personalView, recordTable } from './record-columns.js';
import { RecordPrinter } from './record-printing.js';
import { recordProjection } from './record-projection.js';
import { recordTarget } from './record-target.js';

/** A property that a record shows beside its fields, computed from its row alone. */
export type ComputedProperty = Readonly<{
  openApi: Readonly<Record<string, unknown>>;
  /** The GraphQL output type; left out, it is not in the GraphQL schema. */
  graphql?: () => unknown;
  of: (row: Row) => unknown;
  /** `full` answers only, list rows only, or both. */
  in?: 'full' | 'row' | 'both';
}>;

export type RecordOptions<Input extends object> = Readonly<{
  /** Singular, snake_case: the root of bodies and the kind that references name. */
  name: string;
  /** Plural, snake_case: the path and the table. */
  plural: string;
  /** The class of input fields: what POST takes; PATCH takes any of them. */
  fields: Class<Input>;
  scope: 'entity' | 'customer';
  /** The records form a tree by their `parent_id`; they show `path`, `root_id` and `has_children`. */
  tree?: boolean;
  /** The values are personal data: they live in app.people, and events name only the fields. */
  personal?: boolean;
  /** Shows `images`, `documents` and, in lists, `image`. */
  attachments?: boolean;
  /** Shows who created and changed it as `created_by_id` (default) or as `created_by {id, name, surname}`. */
  people?: 'ids' | 'records' | 'ids in full form';
  /** Stored beside the input fields and not open to input: their columns, and the values a new record starts with. */
  inherent?: Readonly<Record<string, Readonly<{ column: ColumnType; initial: unknown; openApi: Readonly<Record<string, unknown>>; graphql: () => unknown }>>>;
  /** Input fields that a new record has a value in although none was given. */
  defaults?: RecordValues;
  computed?: Readonly<Record<string, ComputedProperty>>;
  /** What another record prints of this one (default `id` and `name`). */
  label?: readonly string[];
  /** What list rows leave out. */
  sparse?: readonly string[];
  search?: readonly string[];
  defaultSort?: string;
  /** More to filter and sort by than the fields themselves, or other settings for them. */
  attributes?: Readonly<Record<string, ListAttribute>>;
  rules?: RecordRules;
  /** Without a controller and resolver of its own: it is edited some other way. */
  hidden?: boolean;
}>;

/** One kind of record, from its one definition: decider, projection, lists, and what its edges are made of. */
export type RecordDefinition<Input extends object = object> = RecordOptions<Input> &
  Readonly<{
    /** PascalCase: events, GraphQL. */
    typeName: string;
    category: string;
    inputFields: readonly FieldDefinition[];
    /** PATCH: the same fields, each may be left out. */
    change: Class<Partial<Input>>;
    rules: RecordRules;
    stream: RecordStream;
    table: TableDefinition;
    view: View;
    list: ListDefinition;
    projection: Projection;
    printer: RecordPrinter;
  }>;

/** Makes a kind of record. `external_reference` is added to its fields. */
export function defineRecord<Input extends object>(options: RecordOptions<Input>): RecordDefinition<Input> {
  const { name, plural, fields, scope, personal = false, search = ['name'], defaultSort = 'name asc', rules = {} } = options;
  ExternalReference()(fields.prototype as object, 'external_reference');
  const strange = fieldsOf(fields).find((field) => snakeCase(camelCase(field.name)) !== field.name && !field.name.startsWith('_'));
  if (strange) throw new Error(`${strange.name} would have another name in events than in rows`);
  const inputFields = fieldsOf(fields);
  const typeName = pascalCase(name);
  const category = camelCase(name);
  const stream = recordStream(typeName, category);
  const table = recordTable(options, inputFields);
  const view = personal ? personalView(options, inputFields, table) : viewOf(table);
  const list: ListDefinition = {
    view,
    attributes: { ...listAttributesOf(options, inputFields), ...options.attributes },
    search,
    defaultSort,
    scope,
    hidesArchived: true,
  };
  const defined = {
    ...options,
    rules,
    typeName,
    category,
    inputFields,
    change: partialClassOf(fields, `Change${typeName}`) as Class<Partial<Input>>,
    stream,
    table,
    view,
    list,
    projection: recordProjection({ plural, category, stream, table }),
  };
  const definition: RecordDefinition<Input> = { ...defined, printer: new RecordPrinter(defined) };
  recordTarget(definition);
  return definition;
}
