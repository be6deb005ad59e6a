import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Rejection } from '#millwright/event-sourcing';
import { DecimalScalar } from '#millwright/quantities';
import {
  camelCase,
  columnDescription,
  DateTimeScalar,
  invalid,
  pascalCase,
  snakeCase,
  type AttributeType,
  type Choices,
  type Class,
} from '#millwright/fields';
import { comparing, matchersOf, sortedTexts, sortsOf, type ListAttribute, type ListDefinition, type Matcher } from './list-definition.js';
import type { ListPage } from './list-page.js';
import type { ListQuery } from './list-query.js';
import { parseListQuery } from './parse-list-query.js';

/** The arguments of every list field, as GraphQL hands them over. */
export type ListArguments = Readonly<{
  first?: number | null;
  after?: string | null;
  page?: number | null;
  perPage?: number | null;
  sort?: string | null;
  search?: string | null;
  filter?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
}>;

const cursorName = 'after';

/** A list query from GraphQL's arguments, by the same rules as REST's. @throws Rejection VALIDATION_FAILED that names the arguments; INSUFFICIENT_PERMISSIONS (S17) */
export function listQueryOf(definition: ListDefinition, { first, after, page, perPage, sort, search, filter }: ListArguments): ListQuery {
  const names = new Map([
    ['per_page', first == null ? 'perPage' : 'first'],
    ['cursor', cursorName],
  ]);
  const filters = Object.entries(filter ?? {}).flatMap(([attribute, matchers]) =>
    Object.entries(matchers ?? {}).flatMap(([matcher, value]) =>
      value === undefined ? [] : [[filterParameter(attribute, matcher), value] as const],
    ),
  );
  for (const [attribute, matchers] of Object.entries(filter ?? {}))
    for (const matcher of Object.keys(matchers ?? {})) names.set(filterParameter(attribute, matcher), `filter.${attribute}.${matcher}`);
  const plain = { per_page: first ?? perPage, cursor: after, page, sort, search };
  const given = Object.entries(plain).filter(([, value]) => value !== null && value !== undefined);
  try {
    return { ...parseListQuery(definition, Object.fromEntries([...given, ...filters]), camelCase), cursorName };
  } catch (error) {
    throw error instanceof Rejection && error.code === 'VALIDATION_FAILED'
      ? invalid(error.details.map((detail) => ({ ...detail, field: names.get(detail.field) ?? detail.field })))
      : error;
  }
}

const filterParameter = (attribute: string, matcher: string): string => `filter[${snakeCase(attribute)}_${snakeCase(matcher)}]`;

const scalars: Readonly<Record<AttributeType, () => unknown>> = {
  text: () => String,
  integer: () => Int,
  decimal: () => DecimalScalar,
  flag: () => Boolean,
  date: () => String,
  instant: () => DateTimeScalar,
  id: () => ID,
  ids: () => ID,
};

const questions: ReadonlySet<Matcher> = new Set(['present', 'blank', 'null', 'not_null', 'true', 'false']);

const matcherDescriptions: Readonly<Record<Matcher, string>> = {
  eq: 'Equal to this; null finds those without a value.',
  not_eq: 'Other than this, or without a value; null finds those that have one.',
  in: 'One of these.',
  not_in: 'None of these, or without a value.',
  cont: 'With this text anywhere in it, regardless of case and accents.',
  not_cont: 'Without this text in it, regardless of case and accents.',
  i_cont: 'The same as `cont`.',
  start: 'Beginning with this text, regardless of case and accents.',
  end: 'Ending with this text, regardless of case and accents.',
  gt: 'More or later than this.',
  gteq: 'This, more or later.',
  lt: 'Less or earlier than this.',
  lteq: 'This, less or earlier.',
  present: 'Those that have a value, and it is not empty; takes `true` only.',
  blank: 'Those that have no value, or an empty one; takes `true` only.',
  null: 'Those without a value; takes `true` only.',
  not_null: 'Those with a value; takes `true` only.',
  true: 'Those where it is true; takes `true` only.',
  false: 'Those where it is false; takes `true` only.',
};

/** A list of ids equals what it contains, so its matchers say something else. */
const matcherDescriptionsOfIds: Readonly<Partial<Record<Matcher, string>>> = {
  eq: 'With this id among them.',
  not_eq: 'Without this id among them.',
  in: 'With any of these among them.',
  not_in: 'With none of these among them.',
};

const filterDescriptions: Readonly<Record<AttributeType, string>> = {
  text: 'What a text is picked by.',
  integer: 'What a whole number is picked by.',
  decimal: 'What an exact decimal number is picked by.',
  flag: 'What is picked by being true or false.',
  date: 'What a day is picked by, written like 2026-01-31.',
  instant: 'What an instant is picked by.',
  id: 'What the id of one record is picked by.',
  ids: 'What a list of ids is picked by.',
};

const allMustHold = 'Everything that is given must hold.';

function filterTypeOf(type: AttributeType, choices?: Choices): Class {
  const filter = class {} as Class;
  for (const matcher of matchersOf[type]) {
    const isList = matcher === 'in' || matcher === 'not_in';
    const scalar = choices && comparing.has(matcher) ? (): unknown => choices.graphql : scalars[type];
    const of = questions.has(matcher) ? () => Boolean : isList ? () => [scalar()] : scalar;
    const description = (type === 'ids' && matcherDescriptionsOfIds[matcher]) || matcherDescriptions[matcher];
    Field(of as () => StringConstructor, { name: camelCase(matcher), nullable: true, description })(filter.prototype as object, matcher);
  }
  const description = choices ? `What a word of \`${choices.name}\` is picked by.` : filterDescriptions[type];
  InputType(`${choices?.name ?? pascalCase(type)}Filter`, { description: `${description} ${allMustHold}` })(filter);
  return filter;
}

const filterTypes = Object.fromEntries(Object.keys(matchersOf).map((type) => [type, filterTypeOf(type as AttributeType)])) as Record<
  AttributeType,
  Class
>;

const choiceFilters = new Map<Choices, Class>();

function filterOf({ type, choices }: ListAttribute): Class {
  if (!choices) return filterTypes[type];
  const filter = choiceFilters.get(choices) ?? filterTypeOf(type, choices);
  choiceFilters.set(choices, filter);
  return filter;
}

/** The arguments class of a list field: `@Args({ type: () => listArgumentsOf('Part', partList) }) list: ListArguments`. */
export function listArgumentsOf(typeName: string, { attributes, defaultSort, search, hidesArchived }: ListDefinition): Class {
  const filter = class {} as Class;
  for (const [name, attribute] of Object.entries(attributes)) {
    // The schema is built of the classes that are there before it begins.
    const type = filterOf(attribute);
    const description = attribute.description ?? columnDescription(typeName, name);
    Field(() => type, { name: camelCase(name), nullable: true, description })(filter.prototype as object, name);
  }
  InputType(`${typeName}Filter`, { description: `What a list of \`${typeName}\` is picked by. ${allMustHold}` })(filter);
  const list = class {} as Class;
  const argument = (name: string, type: () => unknown, description: string): void =>
    Field(type as () => StringConstructor, { name, nullable: true, description })(list.prototype as object, name);
  argument('first', () => Int, 'How many, at most 1000; with `after`, a walk.');
  argument('after', () => String, 'The cursor to go on after.');
  argument('page', () => Int, 'The number of the page, from 1, where no cursor is given.');
  argument('perPage', () => Int, 'How many a page has, default 50, at most 1000.');
  const sorts = sortsOf(attributes).map(camelCase).join(', ');
  argument(
    'sort',
    () => String,
    `At most five, like "createdAt desc, id"; left out, "${sortInCamelCase(defaultSort)}". ${sortedTexts(attributes)}By: ${sorts}.`,
  );
  argument('search', () => String, `Text to be found in ${search.map(camelCase).join(' or ')}, regardless of case and accents.`); // prettier-ignore
  const archived = hidesArchived ? ' Archived ones are left out unless `archived` is among it.' : '';
  argument('filter', () => filter, `What they are picked by.${archived}`);
  ArgsType()(list);
  return list;
}

const sortInCamelCase = (sort: string): string => sort.split(' ').map(camelCase).join(' ');

@ObjectType({ description: 'Where a page stands in its list.' })
class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more: ask again with `after: endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether a page comes before it by its number; false where it was asked for with a cursor.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first row; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last row; null on an empty page.' })
  endCursor!: string | null;
}

const edgeDescriptions = { node: 'What stands there.', cursor: 'Goes into `after` to go on behind it.' } as const;

const connectionDescriptions = {
  nodes: 'What stands on the page, in the order of the list.',
  edges: 'The same, each with its cursor.',
  pageInfo: 'Whether there is more, and where it begins.',
  totalCount: 'How many the filters find in all.',
  page: 'The number of the page, from 1.',
  perPage: 'How many a page has at most.',
  totalPages: 'How many pages of that size there are.',
} as const;

/** The connection type over an object type: `nodes`, `edges`, `pageInfo`, and the figures of pages. */
export function connectionOf(typeName: string, node: () => Class): Class {
  const define = <Name extends string>(
    name: string,
    description: string,
    fields: Readonly<Record<Name, () => unknown>>,
    descriptions: Readonly<Record<Name, string>>,
  ): Class => {
    const type = class {} as Class;
    for (const field of Object.keys(fields) as Name[])
      Field(fields[field] as () => StringConstructor, { description: descriptions[field] })(type.prototype as object, field);
    ObjectType(name, { description })(type);
    return type;
  };
  const edge = define(`${typeName}Edge`, `A row of a list of \`${typeName}\`.`, { node, cursor: () => String }, edgeDescriptions);
  const fields = {
    nodes: () => [node()],
    edges: () => [edge],
    pageInfo: () => PageInfo,
    totalCount: () => Int,
    page: () => Int,
    perPage: () => Int,
    totalPages: () => Int,
  };
  return define(`${typeName}Connection`, `A page of a list of \`${typeName}\`.`, fields, connectionDescriptions);
}

/** A page as the source of a connection type. */
export function connectionFrom({ rows, meta, cursorAfter }: ListPage): object {
  const { total, page, per_page, total_pages, next_cursor } = meta.pagination;
  return {
    nodes: rows,
    edges: rows.map((node, index) => ({ node, cursor: cursorAfter(index) })),
    pageInfo: {
      hasNextPage: next_cursor !== null,
      hasPreviousPage: page > 1,
      startCursor: cursorAfter(0),
      endCursor: cursorAfter(rows.length - 1),
    },
    totalCount: total,
    page,
    perPage: per_page,
    totalPages: total_pages,
  };
}

/** What a list field may cost: its children once a row that was asked for. For the `complexity` option of `@Query`. */
export const listComplexity = ({ args, childComplexity }: { args: ListArguments; childComplexity: number }): number => {
  const rows = args.first ?? args.perPage ?? 50;
  return 1 + Math.max(1, rows) * childComplexity;
};
