import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, canonicalParts, canonicalText, NotCanonical } from './canonical.js';
import type { EventMetadata } from './event.js';

const metadata: EventMetadata = {
  recorded_at: '2025-01-02T03:04:05.678Z',
  effective_at: '2025-01-02',
  schema_version: 1,
  actor: { kind: 'user', id: '7' },
  entity_id: null,
  customer_id: 1,
  request_id: 'r-1',
  $correlationId: 'c-1',
  $causationId: 'r-1',
};

describe('the canonical bytes of an event', () => {
  it('are, for ever, exactly these', () =>
    expect(
      canonicalText({
        id: '0190a5b4-0000-7000-8000-000000000001',
        stream: 'part-72',
        revision: 3,
        type: 'PartRestocked',
        data: { unitCost: '12.5', note: 'Größe "M"\u0001€' },
        metadata,
      }),
    ).toBe(
      '{"data":{"note":"Größe \\"M\\"\\u0001€","unitCost":"12.5"},"id":"0190a5b4-0000-7000-8000-000000000001","metadata":{"$causationId":"r-1","$correlationId":"c-1",' +
        '"actor":{"id":"7","kind":"user"},"customer_id":1,"effective_at":"2025-01-02","entity_id":null,"recorded_at":"2025-01-02T03:04:05.678Z","request_id":"r-1","schema_version":1},' +
        '"revision":3,"stream":"part-72","type":"PartRestocked"}',
    ));

  it('are those of RFC 8785 for any JSON value', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 5000 },
    ));

  it('can be split around the revision', () =>
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (data, revision) => {
        const event = { id: '0190a5b4-0000-7000-8000-000000000001', stream: 'part-1', type: 'PartRestocked', data, metadata };
        const { before, after } = canonicalParts(event);
        expect(before + String(revision) + after).toBe(canonicalize({ ...event, revision }));
      }),
    ));

  it('leave out what is undefined, as JSON does', () => expect(canonicalJson({ b: undefined, a: [undefined] })).toBe('{"a":[null]}'));

  it.each([['\ud800'], [Number.NaN], [Number.POSITIVE_INFINITY], [1n], [new Date(0)], [{ deep: [{ key: 'a\udc00' }] }], [undefined]])(
    'refuse %p',
    (value) => expect(() => canonicalJson(value)).toThrow(NotCanonical),
  );
});
