import { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '../../test/harness/database.js';
import { writeOptions } from './data-source.js';
import { migrate } from './migrate.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createDatabase();
  await migrate({ ownerUrl: database.ownerUrl, appUrl: database.url });
  dataSource = await new DataSource(writeOptions(database.url, { onPoolError: () => undefined })).initialize();
});

afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** What TypeORM would do to the tables if it were let: nothing, where they are what the entities say. */
const differences = async (): Promise<string[]> =>
  (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);

describe('the entities of schema app', () => {
  it('are what the migrations made: tables, columns, types, defaults, keys and indexes', async () => {
    expect(dataSource.entityMetadatas.map(({ schema }) => schema)).toEqual(dataSource.entityMetadatas.map(() => 'app'));
    expect(dataSource.entityMetadatas.length).toBeGreaterThan(0);
    expect(await differences()).toEqual([]);
  });
});
