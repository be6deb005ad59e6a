import pg from 'pg';
import { externalReferenceMigrations, peopleMigrations } from '#millwright/resources';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { userMigrations } from './earlier-e-mails.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('CREATE SCHEMA app');
  for (const { sql } of [...peopleMigrations, ...externalReferenceMigrations]) await client.query(sql);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const write = (kind: string, id: number, hour: number, details: object) =>
  client.query('INSERT INTO app.people (kind, id, version, details, written_at) VALUES ($1, $2, gen_random_uuid(), $3, $4)', [
    kind,
    id,
    details,
    `2026-01-01T0${hour}:00Z`,
  ]);

const migrate = async (first: string, last: string): Promise<void> => {
  for (const { name, sql } of userMigrations) if (name.slice(0, 4) >= first && name.slice(0, 4) <= last) await client.query(sql);
};

describe('an e-mail address from before it had to be unique', () => {
  it('is held by the earliest user who has it now', async () => {
    await write('user', 1, 1, { email: 'old@example.com' });
    await write('user', 1, 2, { email: 'Ann@Example.com' });
    await write('user', 2, 3, { email: 'ann@example.com', name: 'Another Ann' });
    await write('user', 3, 4, { email: 'old@example.com' });
    await write('user', 4, 5, { name: 'Without' });
    await write('user', 5, 5, { email: '' });
    await write('vendor', 6, 5, { email: 'vendor@example.com' });
    await migrate('0001', '0003');
    const { rows } = await client.query(
      'SELECT reference, id::int, customer_id::int, entity_id::int FROM app.external_references ORDER BY id',
    );
    expect(rows).toEqual([
      { reference: 'ann@example.com', id: 1, customer_id: 0, entity_id: 0 },
      { reference: 'old@example.com', id: 3, customer_id: 0, entity_id: 0 },
    ]);
  });
});

describe('an identifier with a dotless i', () => {
  it('is claimed as it is, where it was claimed as one with an i', async () => {
    await write('user', 11, 1, { email: 'I\u0131d\u0131@X.io', login_identifier: 'S\u0131' });
    await write('user', 12, 1, { email: 'idi@x.io' });
    const claim = `INSERT INTO app.external_references (customer_id, entity_id, resource, reference, id) VALUES (0, 0, $1, $2, $3)`;
    await client.query(claim, ['user.email', 'iidi@x.io', 11]);
    await client.query(claim, ['user.login_identifier', 'si', 11]);
    await client.query(claim, ['user.email', 'idi@x.io', 12]);
    await migrate('0004', '0004');
    const { rows } = await client.query(
      'SELECT resource, reference, id::int FROM app.external_references WHERE id > 10 ORDER BY id, resource, reference COLLATE "C"',
    );
    expect(rows).toEqual([
      { resource: 'user.email', reference: 'i\u0131d\u0131@x.io', id: 11 },
      { resource: 'user.login_identifier', reference: 's\u0131', id: 11 },
      { resource: 'user.email', reference: 'idi@x.io', id: 12 },
    ]);
  });
});
