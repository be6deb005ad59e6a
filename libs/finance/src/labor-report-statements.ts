import { requireSeen, restrictionBy } from '#millwright/access';
import type { Detail } from '#millwright/event-sourcing';
import { defineChoices, invalid } from '#millwright/fields';
import { inOrder, rowsOf, seenIdSql, selectList, viewOf, type RawQuery } from '#millwright/lists';
import { users } from '#millwright/people';
import { laborCategories, laborEntryTable, workOrders } from '#millwright/work-orders';
import { daysOf } from './costs-report.js';

export type LaborGrouping = 'technician' | 'job_title' | 'labor_category' | 'work_order' | 'day' | 'week';

export const laborGroupings = defineChoices<LaborGrouping>('LaborGrouping', 'What labour is added up by.', {
  technician: 'By who worked; vendors stand in a row without a key.',
  job_title: 'By the job title that the people have now; vendors stand in a row without a key.',
  labor_category: 'By labour category.',
  work_order: 'By work order.',
  day: "By day, in the site's time zone: 2026-03-02.",
  week: "By ISO week, in the site's time zone: 2026-W10.",
});

export type LaborQuery = Readonly<{ groupBy: LaborGrouping; from: string | null; to: string | null }>;

/** Divided by their hours, such amounts are what somebody earns; those by order, day or week are sums over orders (contract, part 4, S83). */
const tellingRates: ReadonlySet<LaborGrouping> = new Set(['technician', 'job_title', 'labor_category']);

/** The right that shows the amounts of rows beside `costs:read`. */
export const amountsSeenWith = (groupBy: LaborGrouping): 'rates:read' | undefined => (tellingRates.has(groupBy) ? 'rates:read' : undefined);

const known = new Set(['group_by', 'groupBy', 'from', 'to']);

/** @throws Rejection VALIDATION_FAILED for parameters that are not understood; INSUFFICIENT_PERMISSIONS to group by what may not be seen */
export function laborQueryOf(raw: RawQuery): LaborQuery {
  const details: Detail[] = Object.keys(raw)
    .filter((name) => !known.has(name))
    .map((field) => ({ field, code: 'unknown_field', message: 'there is no such parameter; allowed: group_by, from, to' }));
  const groupBy = laborGroupings.words.find((name) => name === (raw['group_by'] ?? raw['groupBy'] ?? 'technician'));
  if (!groupBy) details.push({ field: 'group_by', code: 'not_a_choice', message: `must be one of ${laborGroupings.words.join(', ')}` });
  const { from, to } = daysOf(raw, details);
  if (details.length > 0 || !groupBy) throw invalid(details);
  // Whoever groups by it sees it.
  if (groupBy === 'job_title') requireSeen('people:read');
  return { groupBy, from, to };
}

const byText: ReadonlySet<LaborGrouping> = new Set(['job_title', 'day', 'week']);

export const keyOf = (groupBy: LaborGrouping, key: string | null): string | number | null =>
  key === null || byText.has(groupBy) ? key : Number(key);

type Grouped = Readonly<{ key: string; label: string; join: () => string }>;

const people = (): string =>
  `LEFT JOIN (SELECT ${selectList(users.view)} FROM ${rowsOf(users.view)}) people ON people.id = entries.technician_id`;
const period = (format: string): Grouped => {
  const key = `to_char(lines.day, '${format}')`;
  return { key, label: key, join: () => '' };
};

const groupings: Readonly<Record<LaborGrouping, Grouped>> = {
  technician: { key: 'entries.technician_id', label: `nullif(concat_ws(' ', people.name, people.surname), '')`, join: people },
  job_title: { key: 'people.job_title', label: 'people.job_title', join: people },
  labor_category: {
    key: 'entries.labor_category_id',
    label: 'categories.name',
    join: () => `LEFT JOIN ${rowsOf(laborCategories.view, 'categories')} ON categories.id = entries.labor_category_id`,
  },
  work_order: {
    key: 'entries.work_order_id',
    label: 'orders.title',
    join: () => `LEFT JOIN ${rowsOf(workOrders.list.view, 'orders')} ON orders.id = entries.work_order_id`,
  },
  day: period('YYYY-MM-DD'),
  week: period('IYYY-"W"IW'),
};

/** Nobody is told of the labour on orders that he does not see. */
const ofSeenOrders = (): string =>
  restrictionBy(workOrders.list.rows) ? ` AND EXISTS (${seenIdSql(workOrders.list, 'entry.work_order_id')})` : '';

/**
 * SQL of a WITH clause: what each entry of site `$1` adds on which day, between the days `$3` and `$4`. Hours with a start and an end lie on the days of
 * zone `$2` that they cross; others, and every amount, on the entry's own date.
 */
const linesOfEntries = (): string => `
    entries AS MATERIALIZED (
      SELECT * FROM ${rowsOf(viewOf(laborEntryTable), 'entry')} WHERE entity_id = $1::bigint${ofSeenOrders()}
    ), crossed AS (
      SELECT id, started_at, ended_at, (started_at AT TIME ZONE $2::text)::date + crossing AS day
      FROM entries CROSS JOIN LATERAL generate_series(0, (ended_at AT TIME ZONE $2::text)::date - (started_at AT TIME ZONE $2::text)::date) crossing
      WHERE started_at IS NOT NULL
    ), worked AS (
      SELECT id, day, extract(epoch FROM least(ended_at, (day + 1)::timestamp AT TIME ZONE $2::text) - greatest(started_at, day::timestamp AT TIME ZONE $2::text))::numeric AS seconds
      FROM crossed
      UNION ALL
      SELECT id, date, seconds FROM entries WHERE started_at IS NULL
    ), every AS (
      SELECT id, day, seconds, 0::numeric AS amount FROM worked WHERE seconds <> 0
      UNION ALL
      SELECT id, date, 0, amount FROM entries
    ), lines AS (
      SELECT * FROM every WHERE ($3::date IS NULL OR day >= $3::date) AND ($4::date IS NULL OR day <= $4::date)
    )`;

/** Exact seconds in hours, half-up. */
const hours = (rateType?: string): string =>
  `trim_scale(round(coalesce(sum(lines.seconds)${rateType === undefined ? '' : ` FILTER (WHERE entries.rate_type = '${rateType}')`}, 0) / 3600, 4))::text`;
const amount = 'trim_scale(coalesce(sum(lines.amount), 0))::text AS amount';

/** One row a group and, last, the sum of all: from one snapshot, so that they always add up. */
export function reportOf(groupBy: LaborGrouping): string {
  const { key, label, join } = groupings[groupBy];
  return `
    WITH ${linesOfEntries()}
    SELECT (${key})::text AS key, min(${label}) AS label, ${hours('regular')} AS regular, ${hours('overtime1')} AS overtime1,
      ${hours('overtime2')} AS overtime2, ${hours()} AS total, ${amount}
    FROM lines JOIN entries ON entries.id = lines.id ${join()}
    GROUP BY GROUPING SETS ((${key}), ())
    ORDER BY grouping(${key}), ${inOrder(`min(${label})`)} NULLS LAST, (${key})`;
}

/** One row for each entry and group that it adds to. */
export function explanationOf(groupBy: LaborGrouping): string {
  const { key, join } = groupings[groupBy];
  return `
    WITH ${linesOfEntries()}
    SELECT (${key})::text AS key, entries.work_order_id::text, entries.rate_type, entries.note, entries.position::text, ${hours()} AS hours, ${amount}
    FROM lines JOIN entries ON entries.id = lines.id ${join()}
    GROUP BY (${key}), entries.id, entries.work_order_id, entries.rate_type, entries.note, entries.position
    ORDER BY entries.position, (${key})`;
}
