import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { entitiesIn } from '../../../../test/harness/entities.js';
import { PersonalDetails } from './personal-details.entity.js';
import { peopleEntities, peopleMigrations, PersonalValues } from './personal-values.js';

let database: TestDatabase;
let entities: EntityManager;
let values: PersonalValues;

beforeAll(async () => {
  database = await createDatabase();
  entities = await entitiesIn(database.ownerUrl, peopleEntities);
  await entities.query('create schema app');
  for (const { sql } of peopleMigrations) await entities.query(sql);
  values = new PersonalValues(entities);
});

afterAll(async () => {
  await entities.dataSource.destroy();
  await database.drop();
});

const [first, second, third] = [uuidv7(), uuidv7(), uuidv7()] as const;
const known = async (id: number): Promise<string[]> =>
  (await entities.findBy(PersonalDetails, { id })).map(({ version }) => version).sort();

describe('the values of a person', () => {
  it('are what was written first under a version, and nothing under a version that was not written', async () => {
    const details = { name: 'Zoë "Z"', hourly: '41.50', skills: ['a', null], active: true };
    await values.write('user', 1, first, details);
    await values.write('user', 1, first, { name: 'Somebody else' });
    expect(await values.read('user', 1, first)).toEqual(details);
    expect(await values.read('user', 1, second)).toEqual({});
    expect(await values.read('user', 2, first)).toEqual({});
  });

  it('are forgotten in one version when no event came to name it', async () => {
    for (const version of [first, second]) await values.write('user', 3, version, {});
    await values.forget('user', 3, first);
    expect(await known(3)).toEqual([second]);
  });

  it('are forgotten in every other version than those that are named, but for what was written within a minute and of other people', async () => {
    for (const id of [4, 5]) for (const version of [first, second, third]) await values.write('user', id, version, {});
    await entities.query(`update app.people set written_at = now() - interval '61 seconds' where version <> $1`, [third]);
    await values.forgetAllBut('user', 4, [second]);
    expect(await known(4)).toEqual([second, third]);
    expect(await known(5)).toEqual([first, second, third]);
  });
});
