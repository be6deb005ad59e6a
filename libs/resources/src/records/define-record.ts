import { ExternalReference, fieldsOf, partialClassOf, type Class } from '../fields/index.js';
import { viewOf, type ListDefinition } from '../list-query/index.js';
import { camelCase, pascalCase, snakeCase } from '../names.js';
import { listAttributesOf, personalView, recordTable } from './record-columns.js';
import { recordStream } from './record-decider.js';
import type { RecordDefinition } from './record-definition.js';
import type { RecordOptions } from './record-options.js';
import { RecordPrinter } from './record-printing.js';
import { recordProjection } from './record-projection.js';
import { recordTarget } from './record-target.js';

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
  const { table, projection } = recordProjection({ plural, stream, table: recordTable(options, inputFields) });
  const view = personal ? personalView(options, inputFields, table) : viewOf(table);
  const list: ListDefinition = {
    view,
    attributes: { ...listAttributesOf(options, inputFields), ...options.attributes },
    search,
    defaultSort,
    scope,
    hidesArchived: true,
    source: { projection: projection.name, streamOf: ({ id }) => `${category}-${Number(id)}` },
  };
  const defined = {
    ...options,
    rules,
    typeName,
    category,
    inputFields,
    change: partialClassOf(fields, `${typeName}Changes`) as Class<Partial<Input>>,
    stream,
    table,
    view,
    list,
    projection,
  };
  const definition: RecordDefinition<Input> = { ...defined, printer: new RecordPrinter(defined) };
  recordTarget(definition);
  return definition;
}
