import { createGenerator } from 'ts-json-schema-generator';
import { camelCase, fieldsOf, isInput, pascalCase, type FieldDefinition } from '#millwright/fields';
import { isPersonal, statementNames, storedColumns, type PlainResource, type ResourceFields } from '#millwright/resources';
import { partFields } from '#millwright/inventory';
import { pmScheduleFields } from '#millwright/planning';
import { workOrderFields } from '#millwright/work-orders';
import { records } from '#src/engine/records';
import type { EventsDocument } from './events-only-grow.js';

type Schema = Readonly<Record<string, unknown>>;
type EventEntry = Readonly<{ description?: unknown; category: string; schema_version: number; data: unknown }>;

/**
 * The JSON schema of every event. Hand-written events come from their types, the events of records from their definitions.
 * Events are stored for ever: a change here is a change of the storage format.
 * @param published the document so far: a field of a resource that it does not demand came later, and is demanded of no event
 */
export function eventsDocument(published: EventsDocument | undefined): EventsDocument {
  const written = [
    ...withDetails(typesOf('libs/inventory/src/domain/part.events.ts', 'PartEvent', 'part'), partFields, published),
    ...withDetails(typesOf('libs/work-orders/src/domain/work-order.events.ts', 'WorkOrderEvent', 'workOrder'), workOrderFields, published),
    ...withDetails(typesOf('libs/work-orders/src/domain/alarm.events.ts', 'AlarmEvent', 'alarm'), workOrderFields, published),
    ...typesOf('libs/work-orders/src/domain/timekeeping.events.ts', 'TimekeepingEvent', 'timekeeping'),
    ...withDetails(typesOf('libs/planning/src/domain/pm-schedule.events.ts', 'PmScheduleEvent', 'pmSchedule'), pmScheduleFields, published),
    ...typesOf('libs/requests/src/domain/request.events.ts', 'WorkOrderRequestEvent', 'workOrderRequest'),
    ...typesOf('libs/comments/src/domain/comment.events.ts', 'CommentEvent', 'comment'),
    ...typesOf('libs/sites/src/domain/downtime.events.ts', 'DowntimeEvent', 'downtime'),
    ...typesOf('libs/limits/src/domain/installation.events.ts', 'InstallationChanged', 'installation'),
    ...typesOf('libs/credentials/src/domain/credentials.events.ts', 'CredentialsEvent', 'credentials'),
    ...typesOf('libs/access/src/domain/access.events.ts', 'AccessEvent', 'access'),
    ...typesOf('libs/sign-in/src/domain/sign-in.events.ts', 'SignInEvent', 'signIn'),
    ...typesOf('libs/sign-in/src/domain/single-sign-on.events.ts', 'SingleSignOnEvent', 'singleSignOn'),
    ...typesOf('libs/work-orders/src/domain/work-order.earlier-events.ts', 'EarlierWorkOrderEvent', 'workOrder'),
  ];
  const ofRecords = records.flatMap((record) => eventsOfRecord(record as unknown as PlainResource));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The events of Millwright',
    description:
      'What is stored: the envelope, and under `events` the data of each type (from its second version on with the version behind the name). Decimals are canonical strings.',
    ...envelope,
    $defs: { Decimal: decimal },
    events: Object.fromEntries([...written, ...ofRecords].sort(([left], [right]) => left.localeCompare(right))),
  };
}

const text: Schema = { type: 'string' };

const envelope: Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'stream', 'revision', 'type', 'data', 'metadata'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    stream: { type: 'string', pattern: '^[a-z][A-Za-z0-9]*-.+$' },
    revision: { type: 'integer', minimum: 0 },
    type: text,
    data: { type: 'object' },
    metadata: {
      type: 'object',
      required: [
        'recorded_at',
        'effective_at',
        'schema_version',
        'actor',
        'entity_id',
        'customer_id',
        'request_id',
        '$correlationId',
        '$causationId',
      ],
      properties: {
        recorded_at: { type: 'string', format: 'date-time' },
        effective_at: { type: 'string', description: 'A plain date of the site; an instant in events of earlier releases.' },
        schema_version: { type: 'integer', minimum: 1 },
        actor: {
          type: 'object',
          required: ['kind', 'id'],
          properties: { kind: { enum: ['user', 'client', 'service_account', 'process_manager', 'system', 'api_key'] }, id: text },
        },
        credential: {
          type: 'object',
          description: 'What the actor used; not in events of earlier releases, nor of process managers and the system.',
          required: ['kind', 'id'],
          properties: { kind: { enum: ['bootstrap', 'api_key', 'client', 'service_account', 'session'] }, id: text },
        },
        append: {
          type: 'object',
          description: 'Where the event stands among those that its command appended, if there are several.',
          required: ['index', 'size'],
          properties: { index: { type: 'integer', minimum: 0 }, size: { type: 'integer', minimum: 2 } },
        },
        entity_id: { type: ['integer', 'null'] },
        customer_id: { type: 'integer' },
        request_id: text,
        $correlationId: text,
        $causationId: text,
      },
    },
  },
};

type EventSchema = Readonly<{
  properties: Readonly<{ type: Readonly<{ const: string }>; data: Schema; version?: Readonly<{ const?: number }> }>;
}>;

/** The events of a union of types, each with its docstring. */
function typesOf(path: string, union: string, category: string): (readonly [string, EventEntry])[] {
  const settings = { path, type: union, tsconfig: 'tools/documents/tsconfig.json', skipTypeCheck: true, additionalProperties: false };
  const definitions = (expose: 'none' | 'export') =>
    createGenerator({ ...settings, expose }).createSchema(union).definitions as Record<string, Schema>;
  const documented = definitions('export');
  const described = definitions('none')[union] ?? {};
  // A union of one is that one.
  const events = (described['anyOf'] ?? [described]) as readonly EventSchema[];
  return events.map(({ properties: { type, data, version } }) => {
    const schema_version = version?.const ?? 1;
    const name = schema_version === 1 ? type.const : `${type.const} ${schema_version}`;
    const description = (documented[type.const] ?? documented[`${type.const}V${schema_version}`])?.['description'];
    return [name, { description, category, schema_version, data: withNamedDecimals(data) }] as const;
  });
}

const isDecimal = (schema: Schema): boolean => String(schema['description']).startsWith('An exact decimal');

/** Decimals are named instead of described in every place. */
function withNamedDecimals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNamedDecimals);
  if (typeof value !== 'object' || value === null) return value;
  if (isDecimal(value as Schema)) return decimalOf(value as Schema);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withNamedDecimals(item)]));
}

const decimalOf = ({ type }: Schema): Schema =>
  Array.isArray(type) ? { anyOf: [{ $ref: '#/$defs/Decimal' }, { type: 'null' }] } : { $ref: '#/$defs/Decimal' };

const decimal: Schema = {
  type: 'string',
  pattern: '^(0|-?[1-9]\\d*(\\.\\d*[1-9])?|-?0\\.\\d*[1-9])$',
  description: 'An exact decimal as canonical text: no exponent, no "+", no leading or trailing zeros, never "-0".',
};

const jsonTypes: Readonly<Record<string, Schema>> = {
  text,
  uuid: { type: 'string', format: 'uuid' },
  integer: { type: 'integer' },
  bigint: { type: 'integer' },
  numeric: { $ref: '#/$defs/Decimal' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamptz: { type: 'string', format: 'date-time' },
  'bigint[]': { type: 'array', items: { type: 'integer' } },
  jsonb: {},
};

/** What `details` and `changes` of events hold: the fields of the resource, as a hand-written type would say it. */
export function withDetails(
  events: readonly (readonly [string, EventEntry])[],
  { all, details, children }: ResourceFields,
  published: EventsDocument | undefined,
): (readonly [string, EventEntry])[] {
  const properties = details.map(({ name, column }): readonly [string, Schema] => {
    const field = all.find(({ stored }) => stored?.name === column);
    const schema = field ? schemaOfDetail(field) : {};
    return [name, field?.stored?.neverNull || Array.isArray(field?.stored?.initial) ? schema : nullable(schema)];
  });
  const schema = { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
  const schemas = new Map<string, Schema>([
    ['details', { ...schema, required: details.map(({ name }) => name) }],
    ['changes', schema],
    ...children.map((list) => [camelCase(list.column), childChanges(propertiesOfChild(list.fields))] as const),
  ]);
  return events.map(([name, entry]) => {
    const data = entry.data as Readonly<{ properties?: Readonly<Record<string, unknown>> }>;
    const before = (published?.events[name]?.data as typeof data | undefined)?.properties;
    const described = Object.entries(data.properties ?? {}).map(([property, old]) => {
      const schema = schemas.get(property);
      return [property, schema ? demandingAsBefore(schema, before?.[property]) : old] as const;
    });
    return [name, { ...entry, data: { ...data, ...(data.properties && { properties: Object.fromEntries(described) }) } }];
  });
}

/** A schema that demands no field which `before` did not demand: what was stored until then does not have it. */
function demandingAsBefore(schema: Schema, before: unknown): Schema {
  if (typeof before !== 'object' || before === null) return schema;
  const { required, properties = {}, items } = schema as Demanding;
  const old = before as Demanding;
  const demanded = required?.filter((name) => old.required?.includes(name));
  const fields = Object.entries(properties).map(([name, field]) => [name, demandingAsBefore(field, old.properties?.[name])] as const);
  return {
    ...schema,
    ...(required && { required: demanded }),
    ...(fields.length > 0 && { properties: Object.fromEntries(fields) }),
    ...(items && { items: demandingAsBefore(items, old.items) }),
  };
}

type Demanding = Readonly<{ required?: readonly string[]; properties?: Readonly<Record<string, Schema>>; items?: Schema }>;

const number: Schema = { type: 'number' };
const detailTypes: Readonly<Record<string, Schema>> = {
  text,
  timestamptz: text,
  date: text,
  boolean: { type: 'boolean' },
  integer: number,
  bigint: number,
  numeric: { $ref: '#/$defs/Decimal' },
  'bigint[]': { type: 'array', items: number },
};

function schemaOfDetail({ input, stored }: FieldDefinition): Schema {
  if (!input?.nested?.each) return detailTypes[stored?.type ?? ''] ?? {};
  // What is taken as it was read changes nothing, and is not stored.
  const fields = fieldsOf(input.nested.type()).filter(({ input: taken }) => !taken?.ignored);
  const properties = Object.fromEntries(fields.map((field) => [field.name, schemaOfDetail(field)]));
  return { type: 'array', items: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false } };
}

const nullable = (schema: Schema): Schema =>
  typeof schema['type'] === 'string' ? { ...schema, type: [schema['type'], 'null'] } : { anyOf: [schema, { type: 'null' }] };

/**
 * `<Type>Registered` with what was given, `<Type>Changed` with what changed (null clears), `<Type>Archived` and `<Type>Unarchived` with nothing.
 * Of a list of children both say what happened to which, and of a relation that the other side owns who is wanted and who is dropped.
 * `<Type>Erased` says what is shown from then on and where the reason is kept, `<Type><Mark>` nothing.
 */
export function eventsOfRecord({
  typeName,
  category,
  fields,
  personal,
  initial,
  ownedElsewhere,
  marks = [],
  erasable,
}: PlainResource): (readonly [string, EventEntry])[] {
  const said = fields.all.filter((field) => (isInput(field) && !field.children) || field.name in initial);
  const properties = propertiesOf(said.filter((field) => !field.personal));
  const cleared = properties.map(([name, schema]) => [name, { anyOf: [schema, { type: 'null' }] }] as const);
  const lists = fields.children.map((list) => [camelCase(list.column), propertiesOfChild(list.fields)] as const);
  const added = lists.map(([name, child]) => [name, object({ added: listOf(childOf(child)) })] as const);
  const ids: Schema = { type: 'array', items: { type: 'integer' } };
  const statements = ownedElsewhere.flatMap((column) =>
    Object.values(statementNames(column)).map((name) => [camelCase(name), ids] as const),
  );
  const happened = lists.map(([name, child]) => [name, childChanges(child)] as const);
  const given = (fields: readonly (readonly [string, Schema])[]): Schema =>
    isPersonal(personal)
      ? {
          type: 'object',
          properties: { ...Object.fromEntries(fields), ...(personal.columns.size > 0 && { fields: personalNames }), storedAs },
        }
      : object(Object.fromEntries(fields));
  const nothing = object({});
  const links = fields.all.flatMap(({ fromBothSides, ownedBy, target }) => (fromBothSides && !ownedBy && target ? [target] : []));
  return [
    [`${typeName}Registered`, { category, schema_version: 1, data: given([...properties, ...added, ...statements]) }],
    [`${typeName}Changed`, { category, schema_version: 1, data: given([...cleared, ...happened, ...statements]) }],
    [`${typeName}Archived`, { category, schema_version: 1, data: nothing }],
    [`${typeName}Unarchived`, { category, schema_version: 1, data: nothing }],
    ...(erasable ? [[`${typeName}Erased`, { category, schema_version: 1, data: erasure }] as const] : []),
    ...marks.map((mark): readonly [string, EventEntry] => [`${typeName}${mark}`, { category, schema_version: 1, data: nothing }]),
    ...links.flatMap((kind) =>
      ['Linked', 'Unlinked'].map((verb): readonly [string, EventEntry] => {
        const integer = { type: 'integer' };
        const data = object({ [`${camelCase(kind)}Id`]: integer, [`${camelCase(kind)}Revision`]: integer });
        return [`${typeName}${pascalCase(kind)}${verb}`, { category, schema_version: 1, data }];
      }),
    ),
  ];
}

type Property = readonly [string, Schema];

const propertiesOf = (fields: readonly FieldDefinition[]): Property[] =>
  Object.entries(storedColumns(fields)).map(([name, column]) => [camelCase(name), jsonTypes[column] ?? {}]);

/** The same of a child, which names its own personal fields. */
const propertiesOfChild = (fields: readonly FieldDefinition[]): Property[] => {
  const plain = fields.filter((field) => !field.personal);
  return [...propertiesOf(plain), ...(plain.length < fields.length ? [['fields', personalNames] as const] : [])];
};

const object = (properties: Schema): Schema => ({ type: 'object', additionalProperties: false, properties });

const listOf = (items: Schema): Schema => ({ type: 'array', items });

const childOf = (fields: readonly Property[]): Schema => ({
  ...object({ id: { type: 'integer' }, ...Object.fromEntries(fields) }),
  required: ['id'],
});

const childChanges = (child: readonly Property[]): Schema =>
  object({
    added: listOf(childOf(child)),
    changed: listOf(
      childOf(child.map(([name, schema]) => [name, schema === personalNames ? schema : { anyOf: [schema, { type: 'null' }] }])),
    ),
    removed: listOf({ type: 'integer' }),
  });

/** Of what is personal events name fields, never values: those are in app.people. */
const personalNames: Schema = { type: 'array', items: text, description: 'Which fields were given or changed.' };
const storedAs: Schema = { type: 'string', format: 'uuid', description: 'The version of the values in app.people.' };
const erasure = object({
  storedAs,
  reasonId: { type: 'string', format: 'uuid', description: 'Where the reason stands in app.kept_texts.' },
  reasonSha256: { type: 'string', description: 'The SHA-256 of salt and reason, in hex.' },
});
