import { Children, Money, Name, Reference } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';
import { eventsOfRecord } from '../../tools/documents/events-document.js';

class OfferFields {
  @Reference('part', { required: true }) part_id!: number;
  @Money() unit_cost?: string | null;
}

class SupplierFields {
  @Name({ required: true }) name!: string;
  @Children(OfferFields, { name: 'supplier_offer' }) supplier_offers_attributes?: OfferFields[] | null;
}

const events = Object.fromEntries(
  eventsOfRecord(
    defineRecord({ name: 'supplier', plural: 'suppliers', fields: SupplierFields, description: 'Who sells.', scope: 'customer' }),
  ),
);

describe('the documented events of a record with children', () => {
  const integer = { type: 'integer' };
  const decimal = { $ref: '#/$defs/Decimal' };
  const nothing = { type: 'null' };
  const list = (properties: object): object => ({
    type: 'array',
    items: { type: 'object', additionalProperties: false, required: ['id'], properties: { id: integer, ...properties } },
  });
  const object = (properties: object): object => ({ type: 'object', additionalProperties: false, properties });
  const added = list({ partId: integer, unitCost: decimal });

  it('say which ones a new record begins with', () =>
    expect(events['SupplierRegistered']?.data).toMatchObject({ properties: { supplierOffers: object({ added }) } }));

  it('say what happened to which, and that null clears', () =>
    expect(events['SupplierChanged']?.data).toMatchObject({
      properties: {
        supplierOffers: object({
          added,
          changed: list({ partId: { anyOf: [integer, nothing] }, unitCost: { anyOf: [decimal, nothing] } }),
          removed: { type: 'array', items: integer },
        }),
      },
    }));
});
