import type pg from 'pg';
import { answeredInTime } from './answered-in-time.js';
import type { BuiltTable } from './shape.js';

const selectTables = `
select c.relname as name,
  (select jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) from pg_attribute a
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
  array(select a.attname::text from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k(number, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
        where i.indrelid = c.oid and i.indisprimary order by k.place) as key
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind = 'r' order by c.relname`;

/** PostgreSQL's long names for what a definition writes short. */
const shortNames: Readonly<Record<string, string>> = { 'timestamp with time zone': 'timestamptz' };

/** Asks the database what the tables of a schema look like. */
export async function readBuiltTables(pool: pg.Pool, schema: string): Promise<BuiltTable[]> {
  const { rows } = await pool.query<BuiltTable>(answeredInTime({ text: selectTables, values: [schema] }));
  return rows.map(({ name, columns, key }) => ({
    name,
    key,
    columns: Object.fromEntries(Object.entries(columns).map(([column, type]) => [column, shortNames[type] ?? type])),
  }));
}
