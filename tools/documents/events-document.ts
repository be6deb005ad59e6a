import { createGenerator } from 'ts-json-schema-generator';
import { camelCase, storedColumns, type RecordDefinition } from '#millwright/resources';
import { records } from '#src/records';

type Schema = Readonly<Record<string, unknown>>;

/**
 * The JSON schema of every event. Hand-written events come from their types, the events of records from their definitions.
 * Events are stored for ever: a change here is a change of the storage format.
 */
export function eventsDocument(): Schema {
  const written = [
    ...typesOf('libs/inventory/src/domain/part.events.ts', 'PartEvent', 'part'),
    ...typesOf('libs/work-orders/src/domain/work-order.events.ts', 'WorkOrderEvent', 'workOrder'),
  ];
  const ofRecords = records.flatMap((record) => eventsOfRecord(record as unknown as RecordDefinition));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'The events of Millwright',
    description: 'What is stored: the envelope, and under `events` the data of each type. Decimals are canonical strings.',
    ...envelope,
    $defs: definitionsOfTypes(),
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
        effective_at: { type: 'string', description: 'An instant, or a plain date where a date is meant.' },
        schema_version: { type: 'integer', minimum: 1 },
        actor: {
          type: 'object',
          required: ['kind', 'id'],
          properties: { kind: { enum: ['api_key', 'user', 'process_manager', 'system'] }, id: text },
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

const sources = [
  ['libs/inventory/src/domain/part.events.ts', 'PartEvent'],
  ['libs/work-orders/src/domain/work-order.events.ts', 'WorkOrderEvent'],
] as const;

const generated = new Map<string, { definitions: Record<string, Schema> }>();

function schemaOf(path: string, type: string): { definitions: Record<string, Schema> } {
  const known = generated.get(path);
  if (known) return known;
  const generator = createGenerator({
    path,
    type,
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    topRef: true,
    additionalProperties: false,
  });
  const schema = generator.createSchema(type) as { definitions: Record<string, Schema> };
  generated.set(path, schema);
  return schema;
}

/** The named types that events are made of, apart from the events themselves. */
function definitionsOfTypes(): Record<string, unknown> {
  const all = sources.flatMap(([path, type]) => Object.entries(schemaOf(path, type).definitions).filter(([name]) => name !== type));
  return JSON.parse(JSON.stringify(Object.fromEntries(all)).replaceAll('#/definitions/', '#/$defs/')) as Record<string, unknown>;
}

type EventSchema = Readonly<{ description?: string; properties: Readonly<{ type: Readonly<{ const: string }>; data: Schema }> }>;

function typesOf(path: string, type: string, category: string): (readonly [string, Schema])[] {
  const { definitions } = schemaOf(path, type);
  const resolve = (schema: Schema): Schema => {
    const name = typeof schema['$ref'] === 'string' ? decodeURIComponent(schema['$ref'].replace('#/definitions/', '')) : undefined;
    const target = name === undefined ? undefined : definitions[name];
    return target ? resolve({ description: schema['description'] ?? target['description'], ...target }) : schema;
  };
  const union = resolve(definitions[type] ?? {})['anyOf'] as readonly Schema[];
  return union.map(resolve).map((schema) => {
    const { description, properties } = schema as unknown as EventSchema;
    const data = JSON.parse(JSON.stringify(properties.data).replaceAll('#/definitions/', '#/$defs/')) as Schema;
    return [properties.type.const, { description, category, schema_version: 1, data }] as const;
  });
}

const jsonTypes: Readonly<Record<string, Schema>> = {
  text,
  uuid: { type: 'string', format: 'uuid' },
  integer: { type: 'integer' },
  bigint: { type: 'integer' },
  numeric: { type: 'string', description: 'A canonical decimal.' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamptz: { type: 'string', format: 'date-time' },
  'bigint[]': { type: 'array', items: { type: 'integer' } },
  jsonb: {},
};

/** `<Type>Registered` with what was given, `<Type>Changed` with what changed (null clears), `<Type>Archived` and `<Type>Unarchived` with nothing. */
function eventsOfRecord({ typeName, category, inputFields, inherent = {}, personal }: RecordDefinition): (readonly [string, Schema])[] {
  const inherentColumns = Object.fromEntries(Object.entries(inherent).map(([name, { column }]) => [name, column]));
  const columns = personal ? {} : { ...storedColumns(inputFields), ...inherentColumns };
  const properties = Object.entries(columns).map(([name, column]) => [camelCase(name), jsonTypes[column] ?? {}] as const);
  const cleared = properties.map(([name, schema]) => [name, { anyOf: [schema, { type: 'null' }] }] as const);
  const given = (fields: readonly (readonly [string, Schema])[]): Schema =>
    personal ? personalData : { type: 'object', additionalProperties: false, properties: Object.fromEntries(fields) };
  const nothing: Schema = { type: 'object', additionalProperties: false, properties: {} };
  return [
    [`${typeName}Registered`, { category, schema_version: 1, data: given(properties) }],
    [`${typeName}Changed`, { category, schema_version: 1, data: given(cleared) }],
    [`${typeName}Archived`, { category, schema_version: 1, data: nothing }],
    [`${typeName}Unarchived`, { category, schema_version: 1, data: nothing }],
  ];
}

/** Events about people name fields, never values: those are in app.people. */
const personalData: Schema = {
  type: 'object',
  properties: {
    fields: { type: 'array', items: text, description: 'Which fields were given or changed.' },
    storedAs: { type: 'string', format: 'uuid', description: 'The version of the values in app.people.' },
  },
};
