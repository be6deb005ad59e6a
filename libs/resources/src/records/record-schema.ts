import { ApiProperty } from '@nestjs/swagger';
import type { Class, FieldDefinition } from '../fields/index.js';
import { relationName } from '../graphql/relations.js';
import { storedName } from '../resource/stored-values.js';
import type { RecordDefinition } from './record-definition.js';
import type { Form } from './record-printing.js';

type Schema = Readonly<Record<string, unknown>>;

const id: Schema = { type: 'integer' };
const instant: Schema = { type: 'string', format: 'date-time' };
const text: Schema = { type: 'string' };
const label: Schema = { type: 'object', properties: { id, name: text }, additionalProperties: true };

/** A class that describes what a record looks like over REST, for the OpenAPI document. */
export function answerClassOf(definition: RecordDefinition, form: Form): Class {
  const name = form === 'full' ? definition.typeName : `${definition.typeName}ListRow`;
  const printed = { [name]: class {} }[name] as Class;
  const sparse = new Set(form === 'row' ? (definition.sparse ?? []) : []);
  for (const [property, schema] of Object.entries(schemasOf(definition, form)))
    if (!sparse.has(property)) ApiProperty(schema)(printed.prototype as object, property);
  return printed;
}

function schemasOf(
  { inputFields, inherent = {}, computed = {}, tree, attachments, people = 'ids' }: RecordDefinition,
  form: Form,
): Record<string, Schema> {
  const own = inputFields.flatMap((field) => (field.name === 'external_reference' ? [] : [schemaOf(field)]));
  const person: Schema = { type: 'object', properties: { id, name: text, surname: { ...text, nullable: true } } };
  const persons: Record<string, Schema> =
    people === 'records' ? { created_by: person, updated_by: person } : { created_by_id: id, updated_by_id: id };
  return {
    id,
    ...Object.fromEntries(own),
    ...Object.fromEntries(Object.entries(inherent).map(([name, { openApi }]) => [name, openApi])),
    ...Object.fromEntries(
      Object.entries(computed).flatMap(([name, property]) =>
        (property.in ?? 'both') === 'both' || property.in === form ? [[name, property.openApi]] : [],
      ),
    ),
    ...(tree && { root_id: id, path: text, has_children: { type: 'boolean' } }),
    ...(attachments &&
      (form === 'full'
        ? { images: list({ type: 'object' }), documents: list({ type: 'object' }) }
        : { image: { type: 'object', nullable: true } })),
    external_reference: { ...text, nullable: true },
    archived: { type: 'boolean' },
    created_at: instant,
    updated_at: instant,
    ...(people === 'ids in full form' && form === 'row' ? {} : persons),
  };
}

const list = (items: Schema): Schema => ({ type: 'array', items });

function schemaOf(field: FieldDefinition): readonly [string, Schema] {
  const { name, kind, presence, openApi, openApiShown = openApi } = field;
  if (kind === 'not yet') return [relationName(name), name.endsWith('_id') ? { ...label, nullable: true } : list(label)];
  if (kind === 'reference') return [relationName(name), { ...label, nullable: true }];
  if (kind === 'references') return [relationName(name), list(label)];
  if (storedName(field) === 'qr_code') return ['qr_code', { ...text, nullable: true }];
  return [name, { ...openApiShown, ...(presence === 'nullable' && { nullable: true }) }];
}
