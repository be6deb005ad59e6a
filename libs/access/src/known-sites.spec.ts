import type { EntityDirectory, FoundEntity } from './entity-directory.js';
import { KnownSites } from './known-sites.js';
import type { EntityScope, RequestScope } from './request-scope.js';

const entity = { id: 1, name: 'Main Facility' } as EntityScope;
const scope = { entity, principal: { customerId: 1 } } as RequestScope;

describe('what a command may believe of its site', () => {
  it('waits for a reading that has begun since its own, whoever began it', async () => {
    const { sites, admission, read } = await admittedBefore();
    void sites.find(1, 1);
    const renewed = admission?.renewed();
    read({ entity, archived: true });
    await renewed;
    expect(() => admission?.check()).toThrow('is archived');
  });

  it('waits for the reading that another command of its request has begun', async () => {
    const { admission, read } = await admittedBefore();
    void admission?.renewed();
    const renewed = admission?.renewed();
    expect(renewed).toBeDefined();
    read({ entity, archived: true });
    await renewed;
    expect(() => admission?.check()).toThrow('is archived');
  });
});

describe('what a request may believe of its site', () => {
  it('is what this process has left it as while it was being read', async () => {
    const known = new Map<number, FoundEntity>();
    const before: FoundEntity = { entity, archived: false, techniciansSeeAll: true };
    const directory = {
      find: () => Promise.resolve(before),
      known: (_: number, id: number) => known.get(id),
    } as unknown as EntityDirectory;
    const found = new KnownSites(directory).find(1, 1);
    known.set(1, { ...before, techniciansSeeAll: false });
    expect(await found).toBe(known.get(1));
  });
});

/** A request whose site was read, and is read again on the next question, which `read` answers. */
async function admittedBefore() {
  let read = (_: FoundEntity): void => undefined;
  const later = new Promise<FoundEntity>((resolve) => (read = resolve));
  const answers = [Promise.resolve({ entity, archived: false }), later];
  const other = { entity, archived: false };
  const directory = {
    find: (_: number, id: number) => (id === 1 ? answers.shift() : Promise.resolve(other)),
    known: () => undefined,
  } as unknown as EntityDirectory;
  const sites = new KnownSites(directory);
  const admission = await sites.admission(scope);
  expect(admission?.renewed()).toBeUndefined();
  // So many others that its own reading is forgotten, as it is by its age.
  for (let id = 2; id <= 10_001; id += 1) await sites.find(1, id);
  return { sites, admission, read };
}
