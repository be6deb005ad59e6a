import { access, scopesAt, type Access } from './access.js';
import type { AccessEvent } from './access.events.js';
import {
  grantRole,
  hasAdministrator,
  nameInstallationManager,
  requireChargeOf,
  resumeAccess,
  revokeRole,
  suspendAccess,
  type Grantor,
  type World,
} from './grants.js';
import { grantNewSite, grantReturnedSite } from './new-site.js';
import { changeRole, defineRole, removeRole } from './roles.js';
import { adminRole, builtInRoles } from './scopes.js';

type Step = (state: Access) => AccessEvent[];

const known = new Set([
  'parts:read',
  'parts:write',
  'stock:move',
  'work_orders:read',
  'work_orders:write',
  'work_orders:complete',
  'costs:read',
  'rates:read',
  'people:read',
  'audit:read',
  'periods:close',
  'access:manage',
  'installation:manage',
]);
const [admin, manager, technician, auditor] = [adminRole, 2, 3, 7];
const [ada, ben, cleo] = [11, 12, 13];
const world: World = { known, entityIds: [1, 2] };
const by = (userId: number): Grantor => ({ userId });
const granted =
  (userId: number, entityId: number, roleId: number, grantor: Grantor = 'bootstrap'): Step =>
  (state) =>
    grantRole(state, grantor, { userId, entityId, roleId, reason: null }, world);
const revoked =
  (userId: number, entityId: number, grantor: Grantor = 'bootstrap'): Step =>
  (state) =>
    revokeRole(state, grantor, { userId, entityId, reason: 'left' }, world);
const suspended =
  (userId: number, grantor: Grantor = 'bootstrap'): Step =>
  (state) =>
    suspendAccess(state, grantor, userId, world);
const resumed =
  (userId: number, grantor: Grantor = 'bootstrap'): Step =>
  (state) =>
    resumeAccess(state, grantor, userId, world);
const after = (...steps: readonly Step[]): Access =>
  steps.reduce((state, step) => step(state).reduce(access.evolve, state), access.initialState);
const refusal = (state: Access, step: Step): object => {
  try {
    step(state);
  } catch (error) {
    return error as object;
  }
  throw new Error('nothing was refused');
};
const may = (state: Access, userId: number, entityId: number): string[] => [...scopesAt(state, userId, entityId, known)].sort();
const lacks = (scope: string) => ({ code: 'INSUFFICIENT_PERMISSIONS', facts: { required_scope: scope } });

describe('a permission', () => {
  it('is one role at one site, and nothing elsewhere', () => {
    const state = after(granted(ben, 1, technician));
    expect(may(state, ben, 1)).toEqual(['parts:read', 'work_orders:complete', 'work_orders:read', 'work_orders:write']);
    expect(may(state, ben, 2)).toEqual([]);
    expect(may(state, cleo, 1)).toEqual([]);
  });

  it('is replaced by another at the same site, and given once', () => {
    const state = after(granted(ben, 1, technician), granted(ben, 1, auditor));
    expect(may(state, ben, 1)).toEqual(['audit:read', 'costs:read', 'parts:read', 'people:read', 'rates:read', 'work_orders:read']);
    expect(granted(ben, 1, auditor)(state)).toEqual([]);
    const left = after(granted(ben, 1, technician), revoked(ben, 1));
    expect(may(left, ben, 1)).toEqual([]);
    expect([left.grants.has(ben), left.everGranted.has(ben), left.everGranted.has(cleo)]).toEqual([false, true, false]);
    expect(revoked(ben, 2)(state)).toEqual([]);
  });

  it('is granted by whoever manages access there and has all that it adds himself', () => {
    const access: Step = (state) => defineRole(state, 'bootstrap', { name: 'Gate', scopes: ['access:manage', 'parts:read'] }, world);
    const state = after(access, granted(ada, 1, 100), granted(ben, 1, manager));
    expect(refusal(state, granted(cleo, 1, technician, by(ada)))).toMatchObject(lacks('work_orders:read'));
    expect(refusal(state, granted(cleo, 1, technician, by(ben)))).toMatchObject(lacks('access:manage'));
    expect(refusal(state, granted(cleo, 2, 100, by(ada)))).toMatchObject(lacks('access:manage'));
    expect(granted(cleo, 1, 100, by(ada))(state)).toMatchObject([
      { type: 'RoleGranted', data: { userId: cleo, entityId: 1, roleId: 100 } },
    ]);
    // Less than he has needs nothing but the right to grant.
    expect(granted(ben, 1, 100, by(ada))(state)).toHaveLength(1);
    expect(refusal(state, granted(cleo, 1, 999))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is taken away by whoever manages access there, and nobody else', () => {
    const state = after(granted(ada, 1, admin), granted(ben, 1, manager), granted(cleo, 1, technician), granted(cleo, 2, technician));
    expect(refusal(state, revoked(cleo, 1, by(ben)))).toMatchObject(lacks('access:manage'));
    expect(refusal(state, revoked(cleo, 2, by(ada)))).toMatchObject(lacks('access:manage'));
    expect(revoked(cleo, 1, by(ada))(state)).toMatchObject([{ type: 'RoleRevoked', data: { userId: cleo, entityId: 1 } }]);
  });

  it('leaves one active administrator of all sites, whoever takes away', () => {
    const state = after(granted(ada, 1, admin), granted(ada, 2, admin), granted(ben, 1, admin));
    for (const step of [revoked(ada, 2), granted(ada, 1, auditor), revoked(ada, 1, by(ada))])
      expect(refusal(state, step)).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    const two = [granted(ben, 2, admin)].reduce((now, step) => step(now).reduce(access.evolve, now), state);
    expect(revoked(ada, 2)(two)).toHaveLength(1);
    const withoutBen = suspended(ben)(two).reduce(access.evolve, two);
    expect(refusal(withoutBen, revoked(ada, 2))).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    expect(refusal(withoutBen, suspended(ada))).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
  });

  it('does not hold while anybody has archived the person, also where of two who do so at once one fails', () => {
    const state = after(granted(ada, 1, admin), granted(ben, 1, admin), suspended(ben), suspended(ben));
    const taken = access.evolve(state, { type: 'AccessResumed', data: { userId: ben } });
    expect(may(taken, ben, 1)).toEqual([]);
    expect(refusal(taken, suspended(ada))).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    for (const archived of [state, taken])
      expect(may(resumed(ben)(archived).reduce(access.evolve, archived), ben, 1)).toContain('access:manage');
    expect(resumed(ben)(after(granted(ben, 1, admin)))).toEqual([]);
  });

  it('counts for who would act for somebody who is archived', () => {
    const state = after(granted(ada, 1, admin), granted(ben, 1, admin), granted(cleo, 1, technician), suspended(ben));
    expect(refusal(state, (now) => (requireChargeOf(now, by(cleo), ben, world), []))).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
  });

  it('does not tell what somebody holds at a site where whoever would act for him holds nothing', () => {
    const acting = (...steps: Step[]) =>
      refusal(after(granted(ada, 1, admin), ...steps), (now) => (requireChargeOf(now, by(ada), ben, world), []));
    for (const role of [technician, manager, admin]) {
      expect(acting(granted(ben, 2, role))).toMatchObject(lacks('access:manage'));
      expect(acting(granted(ben, 2, role), granted(ben, 1, technician))).toMatchObject(lacks('access:manage'));
    }
  });

  it('keeps its administrator while a site is new or back, where nobody has a role yet', () => {
    const state = after(granted(ada, 1, admin), granted(ben, 1, technician));
    expect(hasAdministrator(state, world)).toBe(true);
    for (const step of [revoked(ada, 1), suspended(ada)]) expect(refusal(state, step)).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    // A site that would have nobody any more counts as long as somebody is there.
    const alone = after(granted(ada, 1, admin), granted(ada, 2, admin), granted(ben, 1, admin));
    expect(refusal(alone, revoked(ada, 2))).toMatchObject({ code: 'LAST_ADMINISTRATOR' });
    expect(hasAdministrator(after(), world)).toBe(false);
    expect(hasAdministrator(after(granted(ada, 1, manager)), world)).toBe(false);
  });

  it('at a site that comes back is given to the admins of all others only where none of them has it', () => {
    const back = { entityId: 2, others: [1] };
    const state = after(granted(ada, 1, admin), granted(ada, 2, admin), granted(ben, 1, admin), granted(ben, 2, technician));
    expect(grantReturnedSite(state, back)).toEqual([]);
    const withCleo = granted(cleo, 1, admin)(state).reduce(access.evolve, state);
    const withoutAda = access.evolve(withCleo, { type: 'AccessSuspended', data: { userId: ada } });
    expect(grantReturnedSite(withoutAda, back)).toMatchObject(
      [ben, cleo].map((userId) => ({ data: { userId, entityId: 2, roleId: admin } })),
    );
    expect(grantReturnedSite(after(granted(ben, 2, technician)), { entityId: 2, others: [] })).toEqual([]);
    expect(grantNewSite(state, { entityId: 3, others: [1, 2], maker: cleo })).toMatchObject(
      [ada, cleo].map((userId) => ({ data: { userId, entityId: 3 } })),
    );
  });

  it('does not hold while its person is suspended, which takes whoever may all that he may', () => {
    const state = after(granted(ada, 1, admin), granted(ada, 2, admin), granted(ben, 1, manager), granted(cleo, 1, technician));
    expect(may(after(granted(ben, 1, technician), suspended(ben)), ben, 1)).toEqual([]);
    expect(suspended(cleo, by(ben))(state)).toEqual([{ type: 'AccessSuspended', data: { userId: cleo } }]);
    expect(refusal(state, suspended(ada, by(ben)))).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    const without = suspended(ben)(state).reduce(access.evolve, state);
    expect(refusal(without, resumed(ben, by(cleo)))).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    expect(may(resumed(ben, by(ada))(without).reduce(access.evolve, without), ben, 1)).toEqual(may(state, ben, 1));
    expect(resumed(cleo)(state)).toEqual([]);
  });

  it('takes nothing away where there was no administrator yet', () =>
    expect(revoked(ben, 1)(after(granted(ben, 1, technician)))).toHaveLength(1));
});

describe('who looks after the installation', () => {
  const named =
    (grantor: Grantor, userId: number, granted = true): Step =>
    (state) =>
      nameInstallationManager(state, grantor, { userId, granted });

  it('is named by the bootstrap key and by whoever is it, and by no administrator', () => {
    const state = after(granted(ada, 1, admin), granted(ada, 2, admin), named('bootstrap', ben));
    expect(may(state, ada, 1)).not.toContain('installation:manage');
    expect(may(state, ben, 2)).toEqual(['installation:manage']);
    expect(refusal(state, named(by(ada), ada))).toMatchObject(lacks('installation:manage'));
    expect(named(by(ben), ada)(state)).toHaveLength(1);
    expect(named(by(ben), ben)(state)).toEqual([]);
    expect(may(after(named('bootstrap', ben), named('bootstrap', ben, false)), ben, 1)).toEqual([]);
  });
});

describe('a role of one’s own', () => {
  const defined =
    (scopes: readonly string[], name = 'Gate'): Step =>
    (state) =>
      defineRole(state, 'bootstrap', { name, scopes }, world);
  const changed =
    (changes: Parameters<typeof changeRole>[3], grantor: Grantor = 'bootstrap', roleId = 100): Step =>
    (state) =>
      changeRole(state, grantor, roleId, changes, world);

  it('has a name that no other has, and scopes that there are', () => {
    const state = after(defined(['parts:read']));
    expect(refusal(state, defined(['parts:read'], ' gate'))).toMatchObject({ details: [{ field: 'name', code: 'not_unique' }] });
    expect(refusal(state, defined(['parts:read'], 'Admin'))).toMatchObject({ details: [{ field: 'name', code: 'not_unique' }] });
    const asAda: Step = (now) => defineRole(now, by(ada), { name: 'Other', scopes: ['parts:fly'] }, world);
    expect(refusal(after(granted(ada, 1, admin)), asAda)).toMatchObject({ details: [{ field: 'scopes', code: 'not_a_choice' }] });
    for (const scope of ['parts:fly', 'installation:manage'])
      expect(refusal(state, defined([scope], 'Other'))).toMatchObject({ details: [{ field: 'scopes', code: 'not_a_choice' }] });
  });

  it('changes for everybody who has it, by who has what it adds wherever that is', () => {
    const state = after(granted(ada, 1, admin), granted(ada, 2, admin), defined(['parts:read']), granted(ben, 1, 100));
    const wider = changed({ scopes: ['stock:move', 'parts:read'] }, by(ada))(state);
    expect(wider).toEqual([{ type: 'RoleChanged', data: { roleId: 100, changes: { scopes: ['parts:read', 'stock:move'] } } }]);
    expect(may(wider.reduce(access.evolve, state), ben, 1)).toEqual(['parts:read', 'stock:move']);
    const half = after(granted(ada, 1, admin), defined(['parts:read']));
    expect(refusal(half, changed({ scopes: ['stock:move'] }, by(ada)))).toMatchObject(lacks('access:manage'));
    expect(changed({ name: 'Gate', scopes: ['parts:read', 'parts:read'] })(state)).toEqual([]);
    expect(refusal(state, changed({ name: 'x' }, 'bootstrap', admin))).toMatchObject({ code: 'CONFLICT' });
    expect(refusal(state, changed({ name: 'x' }, 'bootstrap', 404))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is removed when nobody has it', () => {
    const remove: Step = (state) => removeRole(state, 'bootstrap', 100, world);
    const state = after(defined(['parts:read']), granted(ben, 2, 100));
    expect(refusal(state, remove)).toMatchObject({ code: 'RECORD_IN_USE' });
    const without = after(defined(['parts:read']), granted(ben, 2, 100), revoked(ben, 2), remove);
    expect(without.ownRoles.size).toBe(0);
    expect(defined(['parts:read'])(without)).toMatchObject([{ data: { roleId: 101 } }]);
  });
});

describe('the built-in roles', () => {
  it('hold what the contract says, and never the installation', () => {
    const held = Object.fromEntries(builtInRoles.map(({ name, id }) => [name, may(after(granted(ben, 1, id)), ben, 1)]));
    expect(Object.values(held).flat()).not.toContain('installation:manage');
    expect(held['admin']).toHaveLength(known.size - 1);
    expect(held['manager']).not.toEqual(expect.arrayContaining(['access:manage']));
    expect(held['storekeeper']).toEqual(['costs:read', 'parts:read', 'parts:write', 'stock:move', 'work_orders:read']);
    expect(held['finance']).toEqual(['costs:read', 'parts:read', 'periods:close', 'rates:read', 'work_orders:read']);
    expect(held['integration']).toEqual([]);
    expect(held['requester']).toEqual([]);
  });
});
