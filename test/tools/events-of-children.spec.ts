import { Children, Money, Name, Reference, Text } from '#millwright/fields';
import { defineRecord, resourceFields } from '#millwright/resources';
import { eventsOfRecord, withDetails } from '../../tools/documents/events-document.js';

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

class ContactFields {
  @Name({ required: true, personal: true }) name!: string;
  @Text() role?: string | null;
}

class CarrierFields {
  @Name({ required: true }) name!: string;
  @Children(ContactFields, { name: 'carrier_contact' }) carrier_contacts_attributes?: ContactFields[] | null;
}

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

  it('say which fields of them are personal, and where their values are', () => {
    const carriers = defineRecord({ name: 'carrier', plural: 'carriers', fields: CarrierFields, description: 'Who brings.', scope: 'customer' }); // prettier-ignore
    const { properties } = Object.fromEntries(eventsOfRecord(carriers))['CarrierChanged']?.data as Readonly<{ properties: object }>;
    const fields = { type: 'array', items: { type: 'string' }, description: 'Which fields were given or changed.' };
    const text = { type: 'string' };
    expect(properties).toMatchObject({
      carrierContacts: object({
        added: list({ role: text, fields }),
        changed: list({ role: { anyOf: [text, nothing] }, fields }),
        removed: { type: 'array', items: integer },
      }),
      storedAs: { type: 'string', format: 'uuid' },
    });
    expect(properties).not.toHaveProperty('fields');
  });

  it('say the same where a decider of its own has them, in the field that is called as the list', () => {
    const fields = resourceFields({ name: 'depot', fields: SupplierFields });
    const event = { category: 'depot', schema_version: 1, data: { type: 'object', properties: { details: {}, supplierOffers: {} } } };
    const described = Object.fromEntries(withDetails([['DepotOpened', event]], fields, undefined))['DepotOpened']?.data;
    const { details, supplierOffers } = (described as Readonly<{ properties: Readonly<Record<string, object>> }>).properties;
    expect(Object.keys((details as Readonly<{ properties: object }>).properties)).toEqual(['name', 'externalReference']);
    expect(supplierOffers).toMatchObject(object({ added, removed: { type: 'array', items: integer } }));
  });
});
