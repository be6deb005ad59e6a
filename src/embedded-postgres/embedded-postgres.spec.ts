import pg from 'pg';
import { createDatabase } from '../../test/harness/database.js';

describe('the test database', () => {
  it('gives the app role no power over the database', async () => {
    const database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const { rows } = await client.query('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user');
      expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
      await expect(client.query('CREATE SCHEMA mine')).rejects.toThrow('permission denied');
    } finally {
      await client.end();
      await database.drop();
    }
  });
});
