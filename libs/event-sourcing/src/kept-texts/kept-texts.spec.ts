import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { keptTextEntities, keptTextMigrations, KeptTexts } from './kept-texts.js';

let database: TestDatabase;
let source: DataSource;
let texts: KeptTexts;

beforeAll(async () => {
  database = await createDatabase();
  source = await new DataSource({ type: 'postgres', url: database.ownerUrl, entities: [...keptTextEntities] }).initialize();
  await source.query('CREATE SCHEMA IF NOT EXISTS app');
  for (const { sql } of keptTextMigrations) await source.query(sql);
  texts = new KeptTexts(source.manager);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const said = (content: string, id = randomUUID()) => ({ id, recordId: 7, content });

describe('texts that are kept at the same time', () => {
  it('are each under their own id, and those of one id the first of them', async () => {
    const id = randomUUID();
    const keeping = [...Array.from({ length: 30 }, (_, index) => said(`Grüße ${index}`)), said('One', id), said('Another', id)];
    const kept = await Promise.all(keeping.map((text) => texts.keep(text)));
    expect(kept.map((text) => text.id)).toEqual(keeping.map((text) => text.id));
    const read = await Promise.all(kept.map((text) => texts.read(text.id)));
    expect(read.slice(0, 30)).toEqual(keeping.slice(0, 30).map(({ content }) => content));
    expect(['One', 'Another']).toContain(read[30]);
    expect(kept[31]).toEqual(kept[30]);
    const digests = await source.query<{ is_told: boolean }[]>(
      `SELECT digest = encode(sha256(salt || convert_to(content, 'UTF8')), 'hex') AS is_told FROM app.kept_texts`,
    );
    expect(digests).toEqual(Array(31).fill({ is_told: true }));
    for (const text of kept) expect(await texts.digestOf(text.id)).toBe(text.digest);
  });

  it('are kept also where one of them cannot be', async () => {
    const contents = ['Bearing', 'Bear\0ing', 'Belt'];
    const kept = await Promise.allSettled(contents.map((content) => texts.keep(said(content))));
    expect(kept.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});
