import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../test/harness/database.js';
import { ImpatientClient } from './impatient-client.js';

let database: TestDatabase;
let client: ImpatientClient;

beforeAll(async () => {
  database = await createDatabase();
  client = new ImpatientClient({ connectionString: database.ownerUrl });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const prepared = async (): Promise<string[]> =>
  (await client.query<{ statement: string }>('select statement from pg_prepared_statements')).rows.map(({ statement }) => statement);

const ask = async (text: string, times: number): Promise<unknown> => {
  let row: unknown;
  for (let time = 0; time < times; time += 1) row = (await client.query<{ shown: unknown }>(text, [1])).rows[0]?.shown;
  return row;
};

describe('a connection for reads', () => {
  it('prepares what is asked again and again, and nothing else', async () => {
    await ask('select $1::int as shown', 10);
    await ask('select $1::int as shown, 1 as rare', 2);
    expect(await prepared()).toEqual(['select $1::int as shown']);
  });

  it('asks one after another what is asked at the same time, and goes on after one that fails', async () => {
    let [underWay, most] = [0, 0];
    const ask = Reflect.get(pg.Client.prototype, 'query') as (...question: readonly unknown[]) => Promise<unknown>;
    Reflect.set(pg.Client.prototype, 'query', function (this: unknown, ...question: unknown[]) {
      most = Math.max(most, (underWay += 1));
      return ask.apply(this, question).finally(() => (underWay -= 1));
    });
    const busy = new ImpatientClient({ connectionString: database.ownerUrl });
    Reflect.set(pg.Client.prototype, 'query', ask);
    await busy.connect();
    const asked = ['select 1 as shown', 'select 2 as shown', 'select nothing', 'select 4 as shown'].map((text) =>
      busy.query<{ shown: number }>(text).then(({ rows }) => rows[0]?.shown),
    );
    const answers = await Promise.allSettled(asked);
    await busy.end();
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.status))).toEqual([1, 2, 'rejected', 4]);
    expect(most).toBe(1);
  });

  it('goes on when a read model comes back with other columns', async () => {
    await client.query('create view shelf as select 1 as id, 5 as shown');
    const text = 'select shown from shelf where id = $1';
    expect(await ask(text, 10)).toBe(5);
    await client.query("drop view shelf; create view shelf as select 1 as id, 'five' as shown");
    expect(await ask(text, 1)).toBe('five');
    expect(await ask(text, 10)).toBe('five');
    expect((await prepared()).filter((statement) => statement === text)).toHaveLength(2);
  });
});
