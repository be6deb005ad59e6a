import { streamName, type Event, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { camelCase, fieldsOf, isInput, pascalCase, type Class, type FieldDefinition } from '#millwright/fields';
import { viewOf, type ListDefinition, type View } from '#millwright/lists';
import { defineOutputType } from '../graphql/output-types.js';
import { defineReferenceTarget } from '../references/index.js';
import { hideFieldsInEvents } from './event-scopes.js';
import { recordProjection } from './plain-projection.js';
import { recordStream, type RecordValues } from './plain-decider.js';
import { findPlain } from './plain-target.js';
import { Printer } from './printer.js';
import type { DecidedResource, PlainResource, ResourceDefinition, ResourceState } from './resource-definition.js';
import { resourceFields } from './resource-fields.js';
import type { DecidedOptions, PlainOptions } from './resource-options.js';
import { isPersonal, personalFields, requireNothingPersonal } from './personal-fields.js';
import { neverMissing } from './record-values.js';
import { listAttributesOf, personalView, plainTable, withoutGaps } from './resource-table.js';
import { soughtAsTree, treeAttributes, treeFields } from './tree-fields.js';

const indexed = (table: TableDefinition, more: readonly (readonly string[])[] = []): TableDefinition => ({
  ...table,
  indexes: [...(table.indexes ?? []), ...more],
});

/** Makes a resource that is its fields and no more: it is created, changed, archived and brought back. Everything in the process may then refer to it. */
export function defineRecord<Fields extends object, Figures extends object>(
  options: PlainOptions<Fields, Figures>,
): PlainResource<Fields & Figures> {
  const { name, plural, scope, defaultSort = 'name asc', tree, rules = {}, defaults = {}, hidden = false, companion, marks } = options;
  const found = resourceFields<Fields, Figures>(options);
  const described = options.standIns ? { ...found, all: found.all.map(mayBeMissing) } : found;
  const ownedElsewhere = described.all.flatMap(({ ownedBy, stored }) => (ownedBy && stored ? [stored.name] : []));
  const lists = { children: described.children.map(({ column }) => column), ownedElsewhere, marks };
  const stream = recordStream(described.typeName, camelCase(name), lists, neverMissing(described.all));
  const own = described.all.filter((field) => isInput(field) || isFigureOf(options.shown, field));
  const personal = personalFields(described.typeName, described.all);
  hideFieldsInEvents([`${described.typeName}Registered`, `${described.typeName}Changed`], described.all);
  const { table, projection } = recordProjection({
    plural,
    stream,
    table: indexed(plainTable({ plural, scope, fields: described.all, personal, defaultSort, history: options.history }), options.indexes),
  });
  const whole = withoutGaps(
    isPersonal(personal) ? personalView({ name, fields: described.all, personal, table }) : viewOf(table),
    described.all,
  );
  const shown = companion ? { ...whole, columns: { ...whole.columns, ...companion.columns } } : whole;
  const view = tree ? soughtAsTree(shown) : shown;
  const fields = tree ? { ...described, all: [...described.all, ...treeFields({ name, view, stream }, tree)] } : described;
  const figures = own.filter((field) => !isInput(field) && field.stored?.initial !== undefined);
  const initial: RecordValues = {
    ...neverMissing(own),
    ...Object.fromEntries(figures.map(({ name: figure, stored }) => [figure, stored?.initial])),
    ...defaults,
  };
  const resource: PlainResource<Fields & Figures> = {
    ...resourceOf(tree ? { ...options, attributes: { ...treeAttributes, ...options.attributes } } : options, {
      fields,
      view,
      defaultSort,
      projection: projection.name,
    }),
    decider: 'plain',
    stream,
    table,
    view,
    projection,
    rules,
    children: described.children,
    ownedElsewhere,
    marks,
    erasable: options.erasable,
    personal,
    tree: tree !== undefined,
    companion,
    initial,
    drawn: options.drawn && (() => options.drawn?.() ?? {}),
    hidden,
  };
  defineReferenceTarget({
    kind: name,
    view,
    collection: collectionOf(options),
    rows: options.rows,
    category: stream.category,
    demands: options.demands,
    standIns: options.standIns,
    ...(companion && { companion: companion.category }),
    find: (id, services) => findPlain(resource, id, services),
    label: (row, related) => resource.printer.label(row, related),
    hidden: (row, property) => resource.printer.hidden(row, property),
    property: (row, property, related) => resource.printer.property(row, property, related),
    schemaOf: (property) => resource.printer.schemaOf(property),
    graphql: () => resource.output,
  });
  return resource;
}

/** Makes a resource with a decider of its own. Everything in the process may then refer to it. */
export function defineResource<State extends ResourceState, E extends Event, Shown extends Row>(
  options: DecidedOptions<State, E, Shown>,
): DecidedResource<State, E> {
  const { name, stream, rowOf, projection, defaultSort = 'name asc', fields } = options;
  requireNothingPersonal(fields.typeName, fields.all);
  const view = withoutGaps(options.view, fields.all);
  const resource = { ...resourceOf(options, { fields, view, defaultSort, projection }), decider: 'own' as const, stream, rowOf };
  defineReferenceTarget({
    kind: name,
    view,
    collection: collectionOf(options),
    rows: options.rows,
    category: stream.category,
    demands: options.demands,
    async find(id, { events }) {
      const { state, revision } = await events.load(stream, id);
      return state.history && rowOf(state, revision);
    },
    label: (row, related) => resource.printer.label(row, related),
    hidden: (row, property) => resource.printer.hidden(row, property),
    property: (row, property, related) => resource.printer.property(row, property, related),
    schemaOf: (property) => resource.printer.schemaOf(property),
    graphql: () => resource.output,
  });
  return resource;
}

/** Whoever stands in for a record has no number of that kind: GraphQL has to be able to say so. */
const mayBeMissing = (field: FieldDefinition): FieldDefinition =>
  field.name === 'id' && field.output ? { ...field, output: { ...field.output, nullable: true } } : field;

const isFigureOf = (shown: Class | undefined, { name }: FieldDefinition): boolean =>
  shown !== undefined && fieldsOf(shown).some((figure) => figure.name === name);

const collectionOf = ({ plural, overRest }: Pick<Shared, 'plural' | 'overRest'>): string => overRest?.path ?? plural;

type Parts = Readonly<{ fields: ResourceDefinition['fields']; view: View; defaultSort: string; projection: string }>;

type Shared = Pick<PlainOptions<object, object>, 'name' | 'plural' | 'overRest' | 'description' | 'heading' | 'scope' | 'rows' | 'scopes' | 'notes' | 'administersSites' | 'label' | 'search' | 'attributes'>; // prettier-ignore

function resourceOf(options: Shared, { fields, view, defaultSort, projection }: Parts): Omit<ResourceDefinition, 'decider'> {
  const { name, plural, overRest, description, heading, scope, notes = {}, label, search = ['name'], attributes } = options;
  const category = camelCase(name);
  const path = collectionOf(options);
  const printer = new Printer(fields.all, label);
  const scopes = { reads: `${path}:read`, writes: `${path}:write`, ...options.scopes };
  const list: ListDefinition = {
    view,
    attributes: { ...listAttributesOf(fields.all), ...attributes },
    search,
    defaultSort,
    scope,
    rows: options.rows,
    hidesArchived: true,
    source: { projection, streamOf: ({ id }) => streamName(category, Number(id)) },
  };
  return {
    name,
    plural,
    root: overRest?.root ?? name,
    path,
    typeName: pascalCase(name),
    category,
    description,
    heading:
      heading ?? (scope === 'entity' ? 'Those of the site that `X-Entity-Id` names.' : 'Those of the whole customer, at every site.'),
    scope,
    scopes,
    administersSites: options.administersSites,
    notes,
    class: fields.class,
    fields,
    list,
    printer,
    answer: printer.answerClass(fields.typeName, 'full'),
    output: defineOutputType(fields.typeName, fields.all, description, undefined, { kind: name, scope: scopes.reads, label }),
    rowOfList: printer.answerClass(`${fields.typeName}ListRow`, 'row'),
  };
}
