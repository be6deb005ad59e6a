import { withoutSites } from './replayed-answer.js';

const sites = new Set([1, 12]);
const left = (value: unknown): unknown => JSON.parse(withoutSites(JSON.stringify(value), sites));

describe('a kept answer for whoever is not at all sites', () => {
  it('lists nothing of the others, wherever it stands', () => {
    const rows = [{ id: 1, entity_id: 1 }, { id: 2, entity_id: 2 }, { id: 3 }, null];
    expect(left({ data: rows })).toEqual({ data: [rows[0], rows[2], null] });
    expect(left({ data: { permissions: rows, entity_ids: [1, 2, 12, 121], name: 'k' } })).toEqual({
      data: { permissions: [rows[0], rows[2], null], entity_ids: [1, 12], name: 'k' },
    });
    expect(left([[rows], { keys: [{ entity_ids: [2] }] }])).toEqual([[[rows[0], rows[2], null]], { keys: [{ entity_ids: [] }] }]);
  });

  it('is the same text where it lists none of them', () => {
    for (const body of [
      '',
      '{"data":{"entity_id":2,"entity_ids":"all"}}',
      '{"data":[{"entity_id":1},{"entity_id":null},{"entity_ids":[1,12]},{"note":"\\"entity_id\\":2"}]}',
    ])
      expect(withoutSites(body, sites)).toBe(body);
    const others = '{"data":[{"entity_id":2}]}';
    expect([withoutSites(others, 'all'), withoutSites(others, sites)]).toEqual([others, '{"data":[]}']);
  });
});
