import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { Rejection } from '#millwright/event-sourcing';
import { DecimalScalar } from '#millwright/quantities';
import type { Choices, Class } from '../fields/index.js';
import {
  matchersOf,
  parseListQuery,
  sortsOf,
  type AttributeType,
  type ListAttribute,
  type ListDefinition,
  type ListPage,
  type ListQuery,
  type Matcher,
} from '../list-query/index.js';
import { camelCase, pascalCase, snakeCase } from '../names.js';
import { invalid } from '../rest/index.js';
import { DateTimeScalar } from './date-time-scalar.js';

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

/** A list query from GraphQL's arguments, by the same rules as REST's. @throws Rejection VALIDATION_FAILED that names the arguments */
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
    throw error instanceof Rejection
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

/** What a whole word is compared by; the other matchers of text look into it. */
const comparing: ReadonlySet<Matcher> = new Set(['eq', 'not_eq', 'in', 'not_in']);

function filterTypeOf(type: AttributeType, choices?: Choices): Class {
  const filter = class {} as Class;
  for (const matcher of matchersOf[type]) {
    const isList = matcher === 'in' || matcher === 'not_in';
    const scalar = choices && comparing.has(matcher) ? (): unknown => choices.graphql : scalars[type];
    const of = questions.has(matcher) ? () => Boolean : isList ? () => [scalar()] : scalar;
    Field(of as () => StringConstructor, { name: camelCase(matcher), nullable: true })(filter.prototype as object, matcher);
  }
  InputType(`${choices?.name ?? pascalCase(type)}Filter`)(filter);
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
export function listArgumentsOf(typeName: string, { attributes, defaultSort }: ListDefinition): Class {
  const filter = class {} as Class;
  for (const [name, attribute] of Object.entries(attributes)) {
    // The schema is built of the classes that are there before it begins.
    const type = filterOf(attribute);
    Field(() => type, { name: camelCase(name), nullable: true })(filter.prototype as object, name);
  }
  InputType(`${typeName}Filter`)(filter);
  const list = class {} as Class;
  const argument = (name: string, type: () => unknown, description?: string): void =>
    Field(type as () => StringConstructor, { name, nullable: true, description })(list.prototype as object, name);
  argument('first', () => Int, 'How many, at most 1000; with `after`, a walk.');
  argument('after', () => String, 'The cursor to go on after.');
  argument('page', () => Int);
  argument('perPage', () => Int, 'How many a page has, default 50, at most 1000.');
  const sorts = sortsOf(attributes).map(camelCase).join(', ');
  argument('sort', () => String, `At most five, like "createdAt desc, id"; left out, "${sortInCamelCase(defaultSort)}". By: ${sorts}.`);
  argument('search', () => String);
  argument('filter', () => filter);
  ArgsType()(list);
  return list;
}

const sortInCamelCase = (sort: string): string => sort.split(' ').map(camelCase).join(' ');

@ObjectType()
class PageInfo {
  @Field(() => Boolean) hasNextPage!: boolean;
  @Field(() => Boolean) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true }) startCursor!: string | null;
  @Field(() => String, { nullable: true }) endCursor!: string | null;
}

/** The connection type over an object type: `nodes`, `edges`, `pageInfo`, and the figures of pages. */
export function connectionOf(typeName: string, node: () => Class): Class {
  const define = (name: string, fields: Readonly<Record<string, () => unknown>>): Class => {
    const type = class {} as Class;
    for (const [field, of] of Object.entries(fields)) Field(of as () => StringConstructor)(type.prototype as object, field);
    ObjectType(name)(type);
    return type;
  };
  const edge = define(`${typeName}Edge`, { node, cursor: () => String });
  return define(`${typeName}Connection`, {
    nodes: () => [node()],
    edges: () => [edge],
    pageInfo: () => PageInfo,
    totalCount: () => Int,
    page: () => Int,
    perPage: () => Int,
    totalPages: () => Int,
  });
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
