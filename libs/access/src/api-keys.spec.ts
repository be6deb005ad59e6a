import { setTimeout as delay } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { entitiesIn } from '../../../test/harness/entities.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeys, newApiKey } from './api-keys.js';
import { accessEntities, accessMigrations } from './migrations.js';

let database: TestDatabase;
let entities: EntityManager;

beforeAll(async () => {
  database = await createDatabase();
  entities = await entitiesIn(database.ownerUrl, accessEntities);
  for (const { sql } of accessMigrations) await entities.query(sql);
});

beforeEach(() => entities.deleteAll(ApiKey));

afterAll(async () => {
  await entities.dataSource.destroy();
  await database.drop();
});

describe('the bootstrap admin key', () => {
  it('is made once, however many processes start at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => new ApiKeys(entities).ensureBootstrapKey()));
    const [key, ...others] = made.filter((each) => each !== null);
    expect(others).toEqual([]);
    expect(await new ApiKeys(entities).authenticate(key ?? '')).toMatchObject({ customerId: 1, userId: 1, rights: { sites: 'all' } });
  });

  it('is the configured one where there is one, and replaces what was made before', async () => {
    const made = await new ApiKeys(entities).ensureBootstrapKey();
    expect(await new ApiKeys(entities).ensureBootstrapKey('a configured key!!!!')).toBeNull();
    expect(await new ApiKeys(entities).authenticate('a configured key!!!!')).toMatchObject({
      credential: { kind: 'bootstrap', id: 'admin' },
    });
    expect(await new ApiKeys(entities).authenticate(made ?? '')).toBeNull();
    await new ApiKeys(entities).ensureBootstrapKey('another configured key');
    expect(await new ApiKeys(entities).authenticate('a configured key!!!!')).toBeNull();
    expect(await new ApiKeys(entities).ensureBootstrapKey()).toBeNull();
  });

  it('is nowhere stored in the clear', async () => {
    const made = (await new ApiKeys(entities).ensureBootstrapKey()) ?? '';
    const secret = /^mw_[0-9a-f]{16}_(.{43})$/.exec(made)?.[1];
    expect(secret).toBeDefined();
    const rows = await entities.query<unknown[]>('SELECT * FROM app.api_keys');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('authentication', () => {
  it('believes a key that was replaced for less than a second, by the time it began to look', async () => {
    const key = (await new ApiKeys(entities).ensureBootstrapKey()) ?? '';
    const keys = new ApiKeys(entities);
    const begun = performance.now();
    expect(await keys.authenticate(key)).not.toBeNull();
    await new ApiKeys(entities).ensureBootstrapKey('another configured key');
    while (await keys.authenticate(key)) await delay(5);
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(keys.lastKnown(key)).toBeNull();
    expect(await keys.authenticate('another configured key')).not.toBeNull();
    expect(keys.lastKnown('another configured key')).toMatchObject({ credential: { kind: 'bootstrap' } });
    expect(keys.lastKnown('another configured kez')).toBeNull();
  });

  it('refuses unknown, altered, short and revoked keys', async () => {
    const key = (await new ApiKeys(entities).ensureBootstrapKey()) ?? '';
    for (const wrong of [newApiKey(), `${key.slice(0, -1)}!`, key.slice(0, 25), '', 'admin', `${key}x`])
      expect(await new ApiKeys(entities).authenticate(wrong)).toBeNull();
    await entities.updateAll(ApiKey, { revokedAt: new Date() });
    expect(await new ApiKeys(entities).authenticate(key)).toBeNull();
  });
});
