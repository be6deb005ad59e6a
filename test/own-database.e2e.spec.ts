import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDatabase, type TestDatabase } from './harness/database.js';
import { TestServer } from './harness/server.js';

describe('a PostgreSQL server of your own', () => {
  let database: TestDatabase;
  let app: TestServer | undefined;

  beforeEach(async () => void (database = await createDatabase()));

  afterEach(async () => {
    await app?.stop();
    app = undefined;
    await database.drop();
  });

  const as = (url: string, user: string, password: string): string => Object.assign(new URL(url), { username: user, password }).href;

  async function asSuperuser(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  async function writesAndReads(environment: Record<string, string | undefined>): Promise<void> {
    app = await TestServer.start({ environment });
    const { data } = await app.post('/locations', { location: { name: 'Hall' } }).expect(201);
    const { body } = await app.get(`/locations/${(data as { id: number }).id}`).expect(200);
    expect(body).toMatchObject({ data: { name: 'Hall' } });
  }

  it('works with one role that owns everything', () =>
    writesAndReads({ DATABASE_URL: database.ownerUrl, MIGRATIONS_DATABASE_URL: undefined }));

  it('works with roles of other names, and gives the application no more than it needs', async () => {
    const suffix = randomBytes(4).toString('hex');
    const [owner, application, name] = [`plant_owner_${suffix}`, `plant_app_${suffix}`, new URL(database.url).pathname.slice(1)];
    await asSuperuser(
      `CREATE ROLE ${owner} LOGIN PASSWORD 'one'`,
      `CREATE ROLE ${application} LOGIN PASSWORD 'two'`,
      `ALTER DATABASE ${name} OWNER TO ${owner}`,
    );
    const appUrl = as(database.url, application, 'two');
    await writesAndReads({ DATABASE_URL: appUrl, MIGRATIONS_DATABASE_URL: as(database.url, owner, 'one') });
    const client = new pg.Client({ connectionString: appUrl });
    await client.connect();
    try {
      await expect(client.query('DELETE FROM log.events')).rejects.toThrow('permission denied');
      await expect(client.query('UPDATE log.counter SET position = 0')).rejects.toThrow('permission denied');
    } finally {
      await client.end();
    }
  });

  it('is refused under a superuser, in a sentence', async () => {
    const starting = TestServer.start({ environment: { DATABASE_URL: database.superuserUrl, MIGRATIONS_DATABASE_URL: undefined } });
    await expect(starting).rejects.toThrow('The role of DATABASE_URL is a superuser');
  });

  it('is refused where it may lose what it has acknowledged', async () => {
    await asSuperuser(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET synchronous_commit = off`);
    const starting = TestServer.start({ environment: { DATABASE_URL: database.url, MIGRATIONS_DATABASE_URL: database.ownerUrl } });
    await expect(starting).rejects.toThrow('The server runs with synchronous_commit = off');
  });
});
