import { hiddenPaths, hiddenValue } from './hidden-fields.js';

describe('what is hidden in an answer', () => {
  const orders = [
    {
      id: 1,
      total_costs: { parts: hiddenValue, labor: hiddenValue, currency: 'EUR' },
      parts: [{ unit_cost: hiddenValue }, { unit_cost: 2 }],
    },
    { id: 2, total_costs: { parts: '3', labor: null }, parts: [] },
  ];

  it('is printed as null', () => expect(JSON.stringify({ cost: hiddenValue, list: [hiddenValue] })).toBe('{"cost":null,"list":[null]}'));

  it('is named by its path, without indices, once and in order', () => {
    expect(hiddenPaths(orders)).toEqual(['parts.unit_cost', 'total_costs.labor', 'total_costs.parts']);
    expect(hiddenPaths(orders[1])).toEqual([]);
    expect([hiddenPaths(null), hiddenPaths('text')]).toEqual([[], []]);
  });
});
