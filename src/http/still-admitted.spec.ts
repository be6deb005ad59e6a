import type { RequestScope } from '#millwright/access';
import { maySame } from './still-admitted.js';

const scope = (held: readonly string[], sites: readonly number[] | 'all', rows: unknown = 'all'): RequestScope =>
  ({ held: new Set(held), principal: { rights: { sites: sites === 'all' ? sites : new Set(sites) } }, rows }) as unknown as RequestScope;

describe('whether somebody may the same as when his request was let in', () => {
  const then = scope(['parts:read', 'costs:read'], [1, 2]);

  it('goes by what he holds, where, and which rows he sees', () => {
    expect(maySame(then, scope(['costs:read', 'parts:read'], [2, 1]))).toBe(true);
    expect(maySame(then, scope(['parts:read'], [1, 2]))).toBe(false);
    expect(maySame(then, scope(['parts:read', 'costs:read'], [1]))).toBe(false);
    expect(maySame(then, scope(['parts:read', 'costs:read'], 'all'))).toBe(false);
    expect(maySame(then, scope(['parts:read', 'costs:read'], [1, 2], 'own'))).toBe(false);
  });
});
