import type { QueryRunner } from 'typeorm';

/** What is said at start where the server cannot sort text as people do. */
export const sortsByCodePoints =
  'The database server was built without ICU: lists sort text by code points instead of by language. Everything else is as it should be; use a server with ICU to have both.';

/**
 * Makes the indexes over text anew where the server's ICU is another version than the one they were made with: versions differ in their order, and an
 * index in another order than the server's loses rows. As the owner of the tables, before anybody reads.
 * @returns a sentence for a person where the order is not that of language
 */
export async function keepTextOrder(owner: QueryRunner): Promise<string | undefined> {
  const [order] = (await owner.query(
    `SELECT oid, collprovider = 'i' AS by_language, collversion IS DISTINCT FROM pg_collation_actual_version(oid) AS moved
     FROM pg_collation WHERE collname = 'natural' AND collnamespace = 'app'::regnamespace`,
  )) as { oid: string; by_language: boolean; moved: boolean }[];
  if (!order) throw new Error('the migrations have not made the order of text');
  if (!order.by_language) return sortsByCodePoints;
  if (order.moved) await renewIndexes(owner, order.oid);
  return undefined;
}

async function renewIndexes(owner: QueryRunner, collation: string): Promise<void> {
  const indexes = (await owner.query(
    `SELECT DISTINCT objid::regclass::text AS name FROM pg_depend JOIN pg_index ON indexrelid = objid
     WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_collation'::regclass AND refobjid = $1`,
    [collation],
  )) as { name: string }[];
  for (const { name } of indexes) await owner.query(`REINDEX INDEX ${name}`);
  await owner.query('ALTER COLLATION app.natural REFRESH VERSION');
}
