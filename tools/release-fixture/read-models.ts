import type pg from 'pg';

/** The statements that made the tables, indexes and views of the read models, from the database's own catalog. */
export async function readModelsOf(database: pg.Client): Promise<string> {
  const { rows } = await database.query<{ statement: string }>(`
    select statement from (
      select 1 as step, format('create schema %I;', nspname) as statement, nspname as name from pg_namespace where nspname ~ '^read_'
      union all
      select 2, format('create table %I.%I (%s, primary key (%s));', n.nspname, c.relname,
        (select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
         from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        (select string_agg(format('%I', a.attname), ', ' order by k.place)
         from pg_index i cross join unnest(i.indkey::int2[]) with ordinality as k(number, place)
         join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number where i.indrelid = c.oid and i.indisprimary)), n.nspname || c.relname
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname ~ '^read_' and c.relkind = 'r'
      union all
      select 3, indexdef || ';', schemaname || indexname from pg_indexes where schemaname ~ '^read_' and indexname !~ '_pkey$'
      union all
      select 4, format('create view %I.%I as %s', schemaname, viewname, definition), viewname from pg_views where schemaname = 'read'
    ) as made order by step, name`);
  return `${rows.map(({ statement }) => statement).join('\n')}\n`;
}
