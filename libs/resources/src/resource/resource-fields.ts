import { ID, Int } from '@nestjs/graphql';
import {
  AttachedFiles,
  AttachedImage,
  camelCase,
  DateTimeScalar,
  ExternalReference,
  fieldsOf,
  idField,
  instantTextOrNull,
  isInput,
  partialClassOf,
  pascalCase,
  relationOf,
  snakeCase,
  type Class,
  type FieldDefinition,
  type Form,
  type InputField,
  type Schema,
} from '#millwright/fields';
import { shownUserId } from '#millwright/access';
import { childListsOf, type ChildList } from './children.js';
import { shownChildren, type ShownChildren } from './shown-children.js';

/** How who created and changed a resource is shown: as `created_by_id`, as `created_by` with their names, or both. */
export type People = Readonly<{
  as: 'ids' | 'records' | 'both';
  only?: Form;
  /** The columns of their ids (default `created_by`, `updated_by`). */
  columns?: readonly [created: string, updated: string];
  /** What is shown of who created it, alone and in what a write answers, where that is more than the name. */
  creator?: readonly string[];
}>;

export type FieldOptions<Fields extends object, Figures extends object> = Readonly<{
  /** Singular, snake_case: the root of bodies, the kind that references name, and the sequence its ids come from. */
  name: string;
  /** What a resource is made of, as clients say it. `external_reference` is added where it is not among it. */
  fields: Class<Fields>;
  /** What POST takes, where that is more. */
  create?: Class<Fields>;
  /** Whose fields PATCH takes, each of them optional, where that is more. */
  update?: Class<Fields>;
  /** What is shown beside that, or otherwise than it was said. */
  shown?: Class<Figures>;
  /** Input fields that the decider deals with itself: they are no details of its state. */
  apart?: readonly (string & keyof Fields)[];
  /** Shows `images`, `documents` and, unless it is `full` alone, `image` in lists. */
  attachments?: true | 'full';
  people?: People;
}>;

/** A field of the state's `details`, which children are not: its name there, its column, and what it is where nobody has said anything. */
type Detail = Readonly<{ name: string; column: string; initial: unknown }>;

/** All fields of a resource, from its classes. */
export type ResourceFields = Readonly<{
  /** PascalCase: events, GraphQL. */
  typeName: string;
  /** What requests say, as a class. */
  class: Class;
  create: Class;
  /** Every field may be left out. */
  change: Class;
  update: Class;
  /** What requests say, apart from what a creation alone takes. */
  input: readonly InputField[];
  /** What is stored or shown: input fields, what is shown beside them, and what every resource has. */
  all: readonly FieldDefinition[];
  details: readonly Detail[];
  /** Its lists of records with ids of their own, and how they are shown. */
  children: readonly (ChildList & Readonly<{ shown: ShownChildren }>)[];
}>;

export function resourceFields<Fields extends object, Figures extends object>({
  name,
  fields,
  create = fields,
  update = fields,
  shown,
  apart = [],
  attachments,
  people,
}: FieldOptions<Fields, Figures>): ResourceFields {
  if (!fieldsOf(fields).some((field) => field.name === 'external_reference'))
    ExternalReference()(fields.prototype as object, 'external_reference');
  const typeName = pascalCase(name);
  const input = fieldsOf(fields).filter(isInput);
  const children = childListsOf(input).map((list) => ({ ...list, shown: shownChildren(name, list) }));
  const strange = [...input, ...children.flatMap((list) => list.fields)].find(
    (field) => snakeCase(camelCase(field.name)) !== field.name && !field.name.startsWith('_'),
  );
  if (strange) throw new Error(`${strange.name} would have another name in events than in rows`);
  const figures = shown ? fieldsOf(shown) : [];
  const said = input.map((field) => {
    const shownAs = children.find((list) => list.said === field.name)?.shown;
    const { printed, output } = shownAs ?? field;
    return { ...field, printed, output, ...figures.find((figure) => figure.name === field.name) };
  });
  const beside = figures.filter(({ name: figure }) => !input.some((field) => field.name === figure));
  const details = input.flatMap((field): Detail[] => {
    const { stored } = field;
    if (!stored || field.children || (apart as readonly string[]).includes(field.name)) return [];
    return [{ name: camelCase(stored.name), column: stored.name, initial: stored.initial ?? null }];
  });
  return {
    typeName,
    class: fields,
    create,
    change: partialClassOf(update, `${typeName}Changes`),
    update,
    input,
    all: [
      idField,
      ...said,
      ...beside,
      ...(attachments ? attached.filter(({ printed }) => attachments === true || printed?.only === attachments) : []),
      ...bookkeeping,
      ...stamps(people),
    ],
    details,
    children,
  };
}

const instant: Schema = { type: 'string', format: 'date-time' };

class Attachments {
  @AttachedFiles({ description: 'The pictures that are attached to it.', only: 'full' }) images!: object[];
  @AttachedFiles({ description: 'The other files that are attached to it.', only: 'full' }) documents!: object[];
  @AttachedImage({ description: 'The first of its pictures.' }) image!: object | null;
}

const attached = fieldsOf(Attachments);

const time = (name: string): FieldDefinition => ({
  name,
  stored: { name, type: 'timestamptz', attribute: 'instant', neverNull: true },
  printed: { name, openApi: instant, print: (row) => instantTextOrNull(row[name] as string) },
  output: { name, type: () => DateTimeScalar, nullable: false },
});

const bookkeeping: readonly FieldDefinition[] = [
  {
    name: 'archived',
    stored: { name: 'archived', type: 'boolean', attribute: 'flag', neverNull: true },
    printed: { name: 'archived', openApi: { type: 'boolean' }, print: (row) => row['archived'] },
    output: { name: 'archived', type: () => Boolean, nullable: false },
  },
  { name: 'revision', stored: { name: 'revision', type: 'bigint' }, output: { name: 'revision', type: () => Int, nullable: false } },
  time('created_at'),
  time('updated_at'),
];

/** What is shown of the people who touched a resource. */
const person = ['id', 'name', 'surname'];

function stamps({ as, only, columns = ['created_by', 'updated_by'], creator = person }: People = { as: 'ids' }): FieldDefinition[] {
  return ['created_by', 'updated_by'].flatMap((name, index): FieldDefinition[] => {
    const column = columns[index] ?? name;
    const label = index === 0 ? creator : person;
    const relation = relationOf({ name: column, target: 'user', label, labelInRows: person, only, always: true });
    const number: FieldDefinition = {
      name: `${name}_id`,
      stored: { name: column, type: 'bigint', attribute: 'id', neverNull: true },
      printed:
        as === 'records'
          ? relation.printed
          : { name: `${name}_id`, openApi: { type: 'integer', nullable: true }, only, print: (row) => shownUserId(row[column]) },
      output: { name: `${name}_id`, type: () => ID, nullable: true, resolve: (row) => shownUserId(row[column]) },
    };
    // What is printed under that name is there in GraphQL, too, and the person beside it.
    if (as === 'records') return [{ ...number, output: relation.output }];
    return [number, { name, output: relation.output, ...(as === 'both' && { printed: relation.printed }) }];
  });
}
