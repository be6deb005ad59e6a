import { knownFields, summaryOf, type BodySchema } from './summary.js';

const schemas: Readonly<Record<string, BodySchema>> = {
  Part: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      tax_id: { type: 'string' },
      asset_id: { type: ['integer', 'null'] },
      vendors_ids: { type: 'array', items: { type: 'integer' } },
      vendor_parts_attributes: {
        type: 'array',
        items: { type: 'object', properties: { id: { type: 'integer' }, note: { type: 'string' } } },
      },
      custom_fields: { type: 'object' },
    },
  },
};
const body = knownFields({ properties: { part: { $ref: 'Part' } } }, (reference) => schemas[reference]);
const summary = (said: unknown, query = {}): unknown =>
  JSON.parse(summaryOf({ body, query: new Set(['filter', 'page']) }, said, query) ?? 'null');

describe('what the log of calls says of a request', () => {
  it('is names of known fields, and how many lists hold', () =>
    expect(summary({ part: { name: 'Ada', vendor_parts_attributes: [{ note: 'x' }, {}] } })).toEqual({
      fields: ['part', 'part.name', 'part.vendor_parts_attributes', 'part.vendor_parts_attributes.note'],
      counts: { 'part.vendor_parts_attributes': 2 },
    }));

  it('is ids where they are integers, and known to be ids', () => {
    const said = { asset_id: 7, vendors_ids: [3, 'Ada', 1.5, -1, 4], tax_id: 123456, vendor_parts_attributes: [{ id: 8 }, { id: 9 }] };
    expect(summary({ part: said })).toMatchObject({
      ids: { 'part.asset_id': 7, 'part.vendors_ids': [3, 4], 'part.vendor_parts_attributes.id': [8, 9] },
    });
    expect(summary({ part: { asset_id: 'Ada' } })).toEqual({ fields: ['part', 'part.asset_id'] });
  });

  it('counts what nobody knows, and does not say what it is called', () =>
    expect(summary({ part: { 'ada@example.com': 1, custom_fields: { Ada: 2 } }, Ada: 3 })).toEqual({
      fields: ['part', 'part.custom_fields'],
      unknown: 3,
    }));

  it.each([
    ['ids of one field', { vendors_ids: Array.from({ length: 101 }, (_, index) => index + 1) }],
    ['items of a list', { vendor_parts_attributes: Array.from({ length: 101 }, () => ({ note: 'x' })) }],
    ['ids of a field of such items', { vendor_parts_attributes: [{ id: Array(100).fill(7) }, { id: 8 }] }],
  ])('says that it is cut where there are more than 100 %s', (_, part) => {
    expect(summary({ part })).toMatchObject({ truncated: true });
    expect(summary({ part: { vendors_ids: Array(100).fill(7) } })).not.toHaveProperty('truncated');
  });

  it('is names of known parameters', () =>
    expect(summary(undefined, { 'filter[ada_cont]': 'x', page: '2', ada: 'x' })).toEqual({ query: ['filter', 'page'] }));

  it.each([
    [undefined, {}],
    [null, {}],
    ['Ada', {}],
    [7, { ada: 1 }],
    [{}, {}],
  ])('is nothing for %j', (said, query) =>
    // prettier-ignore
    expect(summary(said, query)).toBeNull(),
  );
});
