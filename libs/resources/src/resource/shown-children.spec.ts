import { NestFactory } from '@nestjs/core';
import { GraphQLSchemaBuilderModule, GraphQLSchemaFactory } from '@nestjs/graphql';
import { printType } from 'graphql';
import { runInContext, type CommandContext, type Row } from '#millwright/event-sourcing';
import { Children, Flag, Integer, Money, Name, Reference, References, type Class, type Related } from '#millwright/fields';
import { ReferenceChecks } from '../references/index.js';
import { defineRecord } from './define-resource.js';
import { resourceResolver } from './resource-resolver.js';

class ShelfFields {
  @Name({ required: true }) name!: string;
}

class OfferFields {
  @Reference('shelf', { required: true, description: 'Where it lies.' }) shelf_id!: number;
  @References('shelf') shelves_ids?: number[] | null;
  @Money({ description: 'What one costs.' }) unit_cost?: string | null;
  @Flag({ initial: false }) is_preferred?: boolean | null;
  @Integer() index?: number | null;
}

class SupplierFields {
  @Name({ required: true }) name!: string;
  @Children(OfferFields, { name: 'supplier_offer', description: 'What it sells.', orderedBy: 'index', knownBy: 'shelf_id' })
  supplier_offers_attributes?: OfferFields[] | null;
}

const shelves = defineRecord({ name: 'shelf', plural: 'shelves', fields: ShelfFields, description: 'A shelf.', scope: 'customer' });
const suppliers = defineRecord({
  name: 'supplier',
  plural: 'suppliers',
  fields: SupplierFields,
  description: 'Who sells.',
  scope: 'customer',
});

const offers = [
  { id: 1, shelf_id: 11, unit_cost: '2.50', index: 7 },
  { id: 4, shelf_id: 12, shelves_ids: [11, 12], unit_cost: null, is_preferred: true, index: 3 },
];

describe('children over REST', () => {
  const related = {
    label: (kind: string, id: number) => Promise.resolve({ id, name: `${kind} ${id}` }),
    labels: (_: string, ids: unknown) => Promise.resolve(((ids ?? []) as number[]).map((id) => ({ id }))),
  } as unknown as Related;
  const print = async (row: Row): Promise<unknown> => {
    const printed = JSON.parse(JSON.stringify(await suppliers.printer.print(row, 'row', related))) as Record<string, unknown>;
    return printed['supplier_offers'];
  };

  it('are shown in their order, with their numbers and what they refer to', async () => {
    expect(await print({ id: 1, supplier_offers: offers })).toEqual([
      { id: 4, shelf: { id: 12, name: 'shelf 12' }, shelves: [{ id: 11 }, { id: 12 }], unit_cost: null, is_preferred: true, index: 3 },
      { id: 1, shelf: { id: 11, name: 'shelf 11' }, shelves: [], unit_cost: 2.5, is_preferred: false, index: 7 },
    ]);
  });

  it('are an empty list where there never was one', async () => expect(await print({ id: 1, supplier_offers: null })).toEqual([]));
});

describe('children over GraphQL', () => {
  const types = async (...names: string[]): Promise<string[]> => {
    const nest = await NestFactory.createApplicationContext(GraphQLSchemaBuilderModule, { logger: false });
    const factory = nest.get(GraphQLSchemaFactory);
    const resolvers = [suppliers, shelves].flatMap((resource): Class[] => [
      resourceResolver(resource, []),
      ...resource.fields.children.map(({ shown }) => shown.type.resolver),
    ]);
    const schema = await factory.create(resolvers);
    await nest.close();
    return names.map((name) => {
      const type = schema.getType(name);
      if (!type) throw new Error(`there is no type ${name}`);
      return printType(type);
    });
  };

  const bare = (type = ''): string => type.replaceAll(/^ *""".*?"""\n|^\n/gms, '');

  it('have a type of what is said of them and one of how they are shown', async () => {
    const [input, shown, create, update, supplier] = await types(
      'SupplierOfferInput', 'SupplierOffer', 'CreateSupplierInput', 'UpdateSupplierInput', 'Supplier'); // prettier-ignore
    expect(bare(input)).toBe(`input SupplierOfferInput {
  id: ID
  shelfId: ID
  shelvesIds: [ID!]
  unitCost: Decimal
  isPreferred: Boolean
  index: Int
  _destroy: Boolean
}`);
    expect(input).toContain('"""Where it lies. Must be given of a new one."""\n  shelfId: ID\n');
    expect(bare(shown)).toBe(`type SupplierOffer {
  id: ID!
  unitCost: Decimal
  isPreferred: Boolean!
  index: Int
  shelf: Shelf
  shelves: [Shelf!]!
}`);
    expect(bare(create)).toContain('  supplierOffersAttributes: [SupplierOfferInput!]\n');
    expect(bare(update)).toContain('  supplierOffersAttributes: [SupplierOfferInput!]\n');
    expect(supplier).toContain('"""What it sells."""\n  supplierOffers: [SupplierOffer!]!\n');
  });
});

describe('what children refer to', () => {
  const context = { customerId: 1, entityId: 2 } as CommandContext;
  const archived = new Map([[11, true], [12, false]]); // prettier-ignore
  const events = {
    load: (_: unknown, id: number) =>
      Promise.resolve({
        state: {
          registered: archived.has(id),
          archived: archived.get(id),
          values: { name: 'x' },
          history: {
            customerId: 1,
            entityId: null,
            created: { at: '', by: { kind: 'user', id: '1' } },
            updated: { at: '', by: { kind: 'user', id: '1' } },
          },
        },
        revision: 0,
      }),
  };
  const problems = async (said: object[], before: object[] = []): Promise<string[]> => {
    const checks = new ReferenceChecks(events as never, undefined as never);
    const details = await runInContext(context, () =>
      checks.problems('supplier', suppliers.fields.input, { supplier_offers: said }, { supplier_offers: before }),
    );
    return details.map(({ field, code }) => `${field} ${code}`);
  };

  it('is looked up at its place', async () =>
    expect(await problems([{ shelf_id: 12 }, { shelf_id: 99, shelves_ids: [12, 98] }, { id: 1, shelf_id: 11 }])).toEqual([
      'supplier.supplier_offers_attributes.1.shelf_id not_found',
      'supplier.supplier_offers_attributes.1.shelves_ids not_found',
      'supplier.supplier_offers_attributes.2.shelf_id archived',
    ]));

  it('may be archived meanwhile where the same child referred to it before', async () => {
    expect(await problems([{ id: 1, shelf_id: 11 }], [{ id: 1, shelf_id: 11 }])).toEqual([]);
    expect(await problems([{ shelf_id: 11, unit_cost: '1' }], [{ id: 1, shelf_id: 11 }])).toEqual([]);
    expect(await problems([{ id: 2, shelf_id: 11 }], [{ id: 1, shelf_id: 11 }, { id: 2, shelf_id: 12 }])).toEqual([
      'supplier.supplier_offers_attributes.0.shelf_id archived',
    ]); // prettier-ignore
  });

  it('is nobody’s business where the child is to go', async () =>
    expect(await problems([{ id: 1, shelf_id: 99, _destroy: true }], [{ id: 1, shelf_id: 11 }])).toEqual([]));
});
