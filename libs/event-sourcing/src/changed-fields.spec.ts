import fc from 'fast-check';
import { changedFields, sameJson } from './changed-fields.js';

describe('changed fields', () => {
  const before = { name: 'Air Filter', area: null as string | null, assets: [12, 51] as readonly number[] };

  it('are those whose value differs', () =>
    expect(changedFields(before, { name: 'Air Filter', area: 'Bin', assets: [51, 12] })).toEqual({ area: 'Bin', assets: [51, 12] }));

  it('are none where everything stays, or nothing was said', () =>
    expect(changedFields(before, { assets: [12, 51], name: undefined })).toEqual({}));

  it('may become null', () => expect(changedFields<typeof before>({ ...before, area: 'Bin' }, { area: null })).toEqual({ area: null }));
});

describe('comparing JSON', () => {
  it('takes a value and its copy for the same', () =>
    fc.assert(fc.property(fc.jsonValue(), (value) => sameJson(value, structuredClone(value)))));

  it('tells a list from a record, and a missing field from null', () => {
    expect(sameJson([], {})).toBe(false);
    expect(sameJson({ a: null }, {})).toBe(false);
    expect(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
  });
});
