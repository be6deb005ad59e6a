import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, timeZoneOf } from '#millwright/access';
import type { Detail } from '#millwright/event-sourcing';
import { printed } from '#millwright/quantities';
import { defineChoices, invalid, plainDateProblem } from '#millwright/fields';
import { inOrder, type RawQuery } from '#millwright/lists';
import { Answer } from '#millwright/resources';

/** What costs can be grouped by: the key of a group, its label, and the order of the rows. */
const groupings = {
  asset: { key: 'orders.asset_id', label: 'assets.name', join: 'LEFT JOIN read.assets assets ON assets.id = orders.asset_id' },
  location: {
    key: 'orders.location_id',
    label: 'locations.name',
    join: 'LEFT JOIN read.locations locations ON locations.id = orders.location_id',
  },
  category: {
    // A cost may name its own category; otherwise it counts under the first one of its order, so that no cost counts twice.
    key: 'coalesce(postings.category_id, orders.categories_ids[1])',
    label: 'categories.name',
    join: 'LEFT JOIN read.categories categories ON categories.id = coalesce(postings.category_id, orders.categories_ids[1])',
  },
  customer: {
    key: 'orders.served_customer_id',
    label: 'customers.name',
    join: 'LEFT JOIN read.served_customers customers ON customers.id = orders.served_customer_id',
  },
  work_order: { key: 'orders.id', label: 'orders.title', join: '' },
  part: { key: 'postings.part_id', label: 'parts.name', join: 'LEFT JOIN read.parts parts ON parts.id = postings.part_id' },
  day: period('YYYY-MM-DD'),
  month: period('YYYY-MM'),
  quarter: period('YYYY-"Q"Q'),
  year: period('YYYY'),
} as const;

export type Grouping = keyof typeof groupings;
export const costGroupings = defineChoices<Grouping>('CostGrouping', 'What costs are added up by.', {
  asset: 'By the asset of the work order.',
  location: 'By the location of the work order.',
  category: "By the cost's own category, otherwise by the first one of its work order.",
  customer: 'By the customer for whom the work was done.',
  work_order: 'By work order.',
  part: 'By part; what is no part stands in a row without a key.',
  day: "By day, in the site's time zone: 2010-05-31.",
  month: "By month, in the site's time zone: 2010-05.",
  quarter: "By quarter, in the site's time zone: 2010-Q2.",
  year: "By year, in the site's time zone: 2010.",
});

/** Groups by a part of the day that a cost belongs to. */
function period(format: string) {
  const key = `to_char(postings.day, '${format}')`;
  return { key, label: key, join: '' };
}

type ReportQuery = Readonly<{ groupBy: Grouping; from: string | null; to: string | null }>;
type ReportRow = Readonly<{ key: string | null; label: string | null; labor: string; parts: string; other: string; total: string }>;

/** What was posted, grouped: to the cent what the ledger has. Estimates of open orders are not in it. */
@Injectable()
export class CostsReport {
  constructor(private readonly database: DataSource) {}

  /**
   * Rows `{key, label, labor, parts, other, total}` in the site's currency, and `meta.total`.
   * @throws Rejection VALIDATION_FAILED for parameters that are not understood
   */
  async read(raw: RawQuery): Promise<Answer> {
    const query = reportQueryOf(raw);
    const entity = currentEntity();
    const rows = await this.database.query<ReportRow[]>(statementOf(query), [entity.id, timeZoneOf(entity), query.from, query.to]);
    const [sums] = rows.slice(-1);
    const groups = rows
      .slice(0, -1)
      .map(({ key, label, ...amounts }) => ({ key: keyOf(query.groupBy, key), label: label ?? 'none', ...printedAmounts(amounts) }));
    const totals = printedAmounts(sums ?? { labor: '0', parts: '0', other: '0', total: '0' });
    return new Answer(groups, {
      meta: { total: totals['total'], totals, group_by: query.groupBy, from: query.from, to: query.to, currency: entity.currency },
    });
  }
}

/**
 * The site's time zones, each from its place in the log on: which day an instant is (in events of earlier releases; later ones hold dates) is decided by
 * the zone of that place, so that a change of the zone moves nothing that was booked.
 */
const zonesOfTheSite = `
  SELECT position, data::jsonb->>'timezone' AS zone FROM read.audit_events
  WHERE stream = 'entity-' || $1::bigint AND data::jsonb->>'timezone' IS NOT NULL`;

/** SQL of a WITH clause: the postings of site `$1`, each with the day of the site that it belongs to; `$2` is the zone where the log names none. */
export const datedPostings = (from = 'read.cost_postings'): string => `
    zones AS MATERIALIZED (${zonesOfTheSite}), postings AS (
      SELECT *, coalesce(effective_date, (effective_at AT TIME ZONE coalesce(
        (SELECT zone FROM zones WHERE zones.position < cost_postings.position ORDER BY zones.position DESC LIMIT 1), $2::text))::date) AS day
      FROM ${from} WHERE entity_id = $1::bigint
    )`;

/** One row a group and, last, the sum of all: from one snapshot, so that they always add up. */
function statementOf({ groupBy }: ReportQuery): string {
  const { key, label, join } = groupings[groupBy];
  const amount = (kind?: string): string =>
    `trim_scale(coalesce(sum(postings.amount)${kind === undefined ? '' : ` FILTER (WHERE postings.kind = '${kind}')`}, 0))::text`;
  return `
    WITH ${datedPostings()}
    SELECT (${key})::text AS key, min(${label}) AS label, ${amount('labor')} AS labor, ${amount('parts')} AS parts, ${amount('other')} AS other, ${amount()} AS total
    FROM postings JOIN read.work_orders orders ON orders.id = postings.work_order_id ${join}
    WHERE ($3::date IS NULL OR postings.day >= $3::date) AND ($4::date IS NULL OR postings.day <= $4::date)
    GROUP BY GROUPING SETS ((${key}), ())
    ORDER BY grouping(${key}), ${inOrder(`min(${label})`)} NULLS LAST, (${key})`;
}

const byText: ReadonlySet<Grouping> = new Set(['day', 'month', 'quarter', 'year']);

const keyOf = (groupBy: Grouping, key: string | null): string | number | null => (key === null || byText.has(groupBy) ? key : Number(key));

const printedAmounts = ({ labor, parts, other, total }: Omit<ReportRow, 'key' | 'label'>): Record<string, unknown> => ({
  labor: printed(labor),
  parts: printed(parts),
  other: printed(other),
  total: printed(total),
});

const known = new Set(['group_by', 'groupBy', 'from', 'to']);

function reportQueryOf(raw: RawQuery): ReportQuery {
  const details: Detail[] = Object.keys(raw)
    .filter((name) => !known.has(name))
    .map((field) => ({ field, code: 'unknown_field', message: `there is no such parameter; allowed: group_by, from, to` }));
  const groupBy = costGroupings.words.find((name) => name === (raw['group_by'] ?? raw['groupBy'] ?? 'asset'));
  if (!groupBy) details.push({ field: 'group_by', code: 'not_a_choice', message: `must be one of ${costGroupings.words.join(', ')}` });
  const { from, to } = daysOf(raw, details);
  if (details.length > 0 || !groupBy) throw invalid(details);
  return { groupBy, from, to };
}

/** The days of a report, both included, either of which may be left out; what is wrong with them is put among the details. */
export function daysOf(raw: RawQuery, details: Detail[]): Pick<ReportQuery, 'from' | 'to'> {
  const [from, to] = [dayOf(raw['from'], 'from', details), dayOf(raw['to'], 'to', details)];
  if (from !== null && to !== null && from > to) details.push({ field: 'to', code: 'out_of_range', message: 'must not lie before from' });
  return { from, to };
}

function dayOf(value: unknown, field: string, details: Detail[]): string | null {
  if (value === undefined || value === '') return null;
  const problem = plainDateProblem(value);
  if (!problem && typeof value === 'string') return value;
  details.push({ field, code: problem?.code ?? 'invalid_date', message: problem?.message ?? 'must be a date' });
  return null;
}
