import { runInScope } from './command-context.js';
import type { RequestScope } from './request-scope.js';
import { alike, type Rows } from './rights.js';
import { isLeft, restrictionBy, type RowRule } from './row-rule.js';

const orders: RowRule = { assigned: ['technicians_ids', 'created_by_id'], own: [] };
const requests: RowRule = { own: ['created_by_id'] };
const sites: RowRule = { site: 'id' };

/** Whether somebody who sees so much, as user 7 with site 3, sees a row of a kind. */
const sees = (rows: Rows | undefined, rule: RowRule | undefined, row: Record<string, unknown>, of: 'all' | ReadonlySet<number> = 'all') => {
  const rights = { ...alike('all'), sites: of };
  const principal = { credential: { kind: 'session', id: 's' } as const, customerId: 1, userId: 7, rights };
  const scope: RequestScope = { requestId: 'r', principal, held: 'all', rows, customer: { id: 1, name: 'c' }, entity: null };
  return runInScope(scope, () => isLeft(row, restrictionBy(rule)));
};

describe('a row of what somebody does not see all of', () => {
  it.each<[string, boolean, Parameters<typeof sees>]>([
    ['an order that is assigned to the technician', true, ['assigned', orders, { technicians_ids: [3, 7] }]],
    ['an order that is assigned to others', false, ['assigned', orders, { technicians_ids: [3] }]],
    ['an order that the technician has opened', true, ['assigned', orders, { technicians_ids: [3], created_by_id: 7 }]],
    ['an order that others have opened for nobody', false, ['assigned', orders, { technicians_ids: null, created_by_id: 8 }]],
    ['an order that is assigned to nobody', false, ['assigned', orders, { technicians_ids: null }]],
    ['any order, for whoever sees all', true, ['all', orders, { technicians_ids: [] }]],
    ['any order, where nothing is said', true, [undefined, orders, {}]],
    ['an order, for a requester', false, ['own', orders, { technicians_ids: [7] }]],
    ['a request of the requester', true, ['own', requests, { created_by_id: 7 }]],
    ['a request of somebody else', false, ['own', requests, { created_by_id: 8 }]],
    ['any request, for a technician', true, ['assigned', requests, { created_by_id: 8 }]],
    ['what has no rule', true, ['assigned', undefined, {}]],
    ['a site that exists for him', true, ['all', sites, { id: 3 }, new Set([3])]],
    ['a site that does not', false, ['all', sites, { id: 4 }, new Set([3])]],
  ])('is seen or not: %s', (_, expected, asked) => expect(sees(...asked)).toBe(expected));

  it('is seen by everybody outside a request', () => expect(restrictionBy(orders)).toBeUndefined());
});
