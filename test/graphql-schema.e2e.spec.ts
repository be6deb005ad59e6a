import {
  buildClientSchema,
  getIntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  type GraphQLSchema,
} from 'graphql';
import { publishedErrors } from '#src/errors/published-errors';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
let schema: GraphQLSchema;
beforeAll(async () => {
  app = await sharedServer();
  schema = buildClientSchema(await app.graphql(getIntrospectionQuery()));
});

const wordsOf = (name: string): string[] => {
  const type = schema.getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
};

describe('words that are fixed', () => {
  it('are enums, spelled as REST spells them, for input, filters, arguments and answers', () => {
    expect(wordsOf('WorkOrderPriority')).toEqual(expect.arrayContaining(['none', 'low', 'medium', 'high', 'urgent', 'critical']));
    expect(wordsOf('WorkOrderStatusKind')).toEqual(expect.arrayContaining(['open', 'completed', 'cancelled']));
    expect(wordsOf('PartTransactionType')).toEqual(expect.arrayContaining(['initial', 'restock', 'cost_update', 'reversal']));
    expect(wordsOf('CostGrouping')).toEqual(expect.arrayContaining(['asset', 'work_order', 'quarter']));
    const fieldOf = (type: string, field: string): string => {
      const found = schema.getType(type);
      return found && 'getFields' in found ? String(found.getFields()[field]?.type) : '';
    };
    expect(fieldOf('CreateWorkOrderInput', 'priority')).toBe('WorkOrderPriority');
    expect(fieldOf('WorkOrder', 'priority')).toBe('WorkOrderPriority');
    expect(fieldOf('WorkOrderFilter', 'statusKind')).toBe('WorkOrderStatusKindFilter');
    expect(fieldOf('WorkOrderStatusKindFilter', 'in')).toBe('[WorkOrderStatusKind!]');
    expect(fieldOf('WorkOrderStatus', 'kind')).toBe('WorkOrderStatusKind!');
    expect(fieldOf('PartTransaction', 'type')).toBe('PartTransactionType!');
    expect(fieldOf('Asset', 'status')).toBe('AssetStatus!');
  });

  it('are the same set in the OpenAPI document', async () => {
    const { body } = await app.request('GET', '/api/v1/openapi.json').expect(200);
    const text = JSON.stringify(body);
    for (const name of ['WorkOrderPriority', 'WorkOrderStatusKind', 'PartTransactionType', 'CostGrouping', 'AssetStatus', 'YesOrNo']) {
      const words = wordsOf(name);
      expect(words).not.toEqual([]);
      const sets = [...text.matchAll(/"enum":(\[[a-z_",]*\])/g)].map(([, found = '[]']) => JSON.parse(found) as (string | null)[]);
      expect(sets.map((set) => set.filter((word) => word !== null).sort())).toContainEqual([...words].sort());
    }
  });

  it('stand without quotes in a document, and in variables', async () => {
    const created = await app.graphql('mutation { createWorkOrder(input: {title: "Words", priority: high}) { id priority } }');
    expect(created.createWorkOrder.priority).toBe('high');
    const { createWorkOrder } = await app.graphql(
      'mutation($input: CreateWorkOrderInput!) { createWorkOrder(input: $input) { id priority } }',
      { input: { title: 'Words', priority: 'low' } },
    );
    expect(createWorkOrder.priority).toBe('low');
    const found = async (value: string): Promise<number> =>
      (await app.graphql(`{ workOrders(filter: {id: {eq: ${createWorkOrder.id}}, statusKind: {eq: ${value}}}) { totalCount } }`)).workOrders
        .totalCount;
    expect([await found('open'), await found('completed')]).toEqual([1, 0]);
    const { workOrders } = await app.graphql(
      'query($kinds: [WorkOrderStatusKind!], $id: ID) { workOrders(filter: {id: {eq: $id}, statusKind: {in: $kinds}, priority: {cont: "lo"}}) { nodes { statusKind } } }',
      { kinds: ['open', 'cancelled'], id: createWorkOrder.id },
    );
    expect(workOrders.nodes).toEqual([{ statusKind: 'open' }]);
  });

  it.each<[document: string, variables: object, field: string]>([
    ['mutation { createWorkOrder(input: {title: "x", priority: HIGH}) { id } }', {}, 'input.priority'],
    ['mutation { createWorkOrder(input: {title: "x", priority: "high"}) { id } }', {}, 'input.priority'],
    ['mutation { createWorkOrder(input: {title: "x", priority: "HIGH"}) { id } }', {}, 'input.priority'],
    [
      'mutation($input: CreateWorkOrderInput!) { createWorkOrder(input: $input) { id } }',
      { input: { title: 'x', priority: 'HIGH' } },
      'input.priority',
    ],
    ['{ workOrders(filter: {statusKind: {in: [open, "completed"]}}) { totalCount } }', {}, 'filter.statusKind.in'],
    ['{ costsReport(groupBy: "month") { currency } }', {}, 'groupBy'],
    ['query($by: CostGrouping!) { costsReport(groupBy: $by) { currency } }', { by: 'Month' }, 'by'],
  ])('are spelled as they are published: %s %j', async (document, variables, field) => {
    const { body } = await app.graphqlAnswer(document, variables);
    expect(body.errors[0].extensions).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ field, code: 'not_a_choice' }] });
    expect(body.errors).toHaveLength(1);
  });

  it('are refused by name where they are others, and only those', async () => {
    const { body } = await app.graphqlAnswer(
      'mutation { createWorkOrder(input: {title: 5, priority: high, notifyVendorsOnCreate: maybe}) { id } }',
    );
    expect(body.errors[0].extensions).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [
        { field: 'input.notifyVendorsOnCreate', code: 'not_a_choice' },
        { field: 'input.title', code: 'not_text' },
      ],
    });
    const { body: filtered } = await app.graphqlAnswer('{ workOrders(filter: {statusKind: {eq: "colour"}}) { totalCount } }');
    expect(filtered.errors[0].extensions.details).toMatchObject([{ field: 'filter.statusKind.eq', code: 'not_a_choice' }]);
  });

  it('are refused by name in filters over REST, where a word is taken in any case that people and other systems write it in', async () => {
    for (const [query, field] of [
      ['/work_orders?priority=colour', 'priority'],
      ['/work_orders?filter[status_kind_in]=open,colour', 'filter[status_kind_in]'],
      ['/assets?filter[status_not_eq]=colour', 'filter[status_not_eq]'],
    ] as const) {
      const { error } = await app.get(query).expect(422);
      expect(error.details).toEqual([expect.objectContaining({ field, code: 'not_a_choice' })]);
      expect(error.details[0].message).toMatch(/^must be one of: [a-z]/);
    }
    await app.get('/work_orders?priority=HIGH&filter[status_kind_in]=OPEN,completed&filter[priority_cont]=colour').expect(200);
  });
});

describe('sorting over GraphQL', () => {
  it('names what a list is sorted by in camelCase, in the schema and in refusals', async () => {
    const { workOrders } = schema.getQueryType()?.getFields() ?? {};
    const description = workOrders?.args.find(({ name }) => name === 'sort')?.description ?? '';
    expect(description).toContain('"createdAt desc"');
    expect(description).toMatch(/\bdueDate\b.*\bstatusKind\b/);
    for (const { args } of Object.values(schema.getQueryType()?.getFields() ?? {}))
      expect(args.find(({ name }) => name === 'sort')?.description ?? '').not.toMatch(/[a-z]_[a-z]/);
    const { body } = await app.graphqlAnswer('{ workOrders(sort: "colour") { totalCount } }');
    expect(body.errors[0].extensions.details).toMatchObject([{ field: 'sort', code: 'unknown_attribute' }]);
    expect(body.errors[0].extensions.details[0].message).toContain('updatedAt');
    expect(body.errors[0].extensions.details[0].message).not.toContain('updated_at');
    for (const sort of ['updatedAt desc, id', 'updated_at desc, id']) await app.graphql(`{ workOrders(sort: "${sort}") { totalCount } }`);
  });

  it('has filters in camelCase only', () => {
    const filters = Object.values(schema.getTypeMap()).filter(isInputObjectType);
    expect(filters.length).toBeGreaterThan(10);
    for (const filter of filters) for (const name of Object.keys(filter.getFields())) expect(name.slice(1)).not.toContain('_');
  });
});

describe('the schema as documentation', () => {
  type Described = readonly [path: string, description: string];
  type Named = Readonly<{ name: string; description?: string | null }>;

  /** Every type of ours with its fields, their arguments and its words, by paths like `Query.part(id)`. */
  const everything = (): Described[] =>
    Object.values(schema.getTypeMap())
      .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
      .flatMap((type): Described[] => {
        const words = isEnumType(type) ? type.getValues() : [];
        const fields = isObjectType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
        return [
          [type.name, type.description ?? ''],
          ...[...words, ...fields].map(({ name, description }: Named): Described => [`${type.name}.${name}`, description ?? '']),
          ...fields.flatMap((field) =>
            'args' in field
              ? field.args.map(({ name, description }: Named): Described => [`${type.name}.${field.name}(${name})`, description ?? ''])
              : [],
          ),
        ];
      });

  it('says of every type, field, argument and word what it is', () => {
    expect(everything().length).toBeGreaterThan(1_000);
    expect(everything().flatMap(([path, description]) => (description.trim() === '' ? [path] : []))).toEqual([]);
  });

  it('says more than the name does, in whole sentences', () => {
    const wordsOfText = (text: string): string[] =>
      text
        .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
        .toLowerCase()
        .match(/[a-z]+/g) ?? [];
    const says = ([path, description]: Described): boolean => {
      const known = new Set([...wordsOfText(path), 'a', 'an', 'the', 'its', 'of', 'this', 'is']);
      return /[.!?]$/.test(description) && wordsOfText(description).some((word) => !known.has(word));
    };
    expect(everything().flatMap((described) => (says(described) ? [] : [described]))).toEqual([]);
  });

  it('says of every mutation which published codes it refuses with', () => {
    for (const { name, description } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const [, refusals = ''] = (description ?? '').split('Refused with ');
      const codes = refusals.match(/\b[A-Z]+(?:_[A-Z]+)*\b/g) ?? [];
      expect([name, codes.length > 0, codes.filter((code) => !Object.hasOwn(publishedErrors, code))]).toEqual([name, true, []]);
    }
  });
});
