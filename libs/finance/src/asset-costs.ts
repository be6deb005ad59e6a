import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, timeZoneOf } from '#millwright/access';
import { allKnown, type Detail, type Row } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { rowsOf, statementAsOf, viewOf, type RawQuery } from '#millwright/lists';
import { showValue, toValue, type Decimal } from '#millwright/quantities';
import { Answer, RelatedRecords, ResourceReader } from '#millwright/resources';
import { assetReliability, assets, hoursOf, insideOf, ReliabilityReader } from '#millwright/sites';
import { workOrders } from '#millwright/work-orders';
import { assetCosts } from './asset-costs.shown.js';
import { datedPostings, daysOf } from './costs-report.js';
import { withEvents } from './explained-events.js';
import { explanationLine } from './explanation-line.shown.js';
import { costPosting } from './read-models/costs.js';

type Asked = Readonly<{ from: string | null; to: string | null; subtree: boolean }>;

type Kind = 'labor' | 'parts' | 'other';
type Posting = Readonly<{ kind: Kind; amount: Decimal; work_order_id: string; part_id: string | null; note: string | null }> & Row;

/** What an answer of `explain` holds. */
export type AssetExplanation = Readonly<{ costs: Row; reliability: Row | null; lines: readonly Row[] }>;

const postings = viewOf(costPosting);
const kinds = ['labor', 'parts', 'other'] as const;

/** What the work orders of an asset cost, posting by posting. They are those whose asset it is today, whatever it was when they were charged. */
@Injectable()
export class AssetCosts {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly related: RelatedRecords,
    private readonly reliability: ReliabilityReader,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for parameters that are not understood */
  async answer(assetId: number, query: RawQuery): Promise<Answer> {
    const row = await this.row(assetId, query);
    return new Answer(await assetCosts.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** With the revision of the asset. @throws Rejection NOT_FOUND, VALIDATION_FAILED */
  row(assetId: number, query: RawQuery): Promise<Row> {
    const asked = askedIn(query);
    return this.resources.together(assets, assetId, async ({ revision }) => ({
      ...this.sums(assetId, asked, await this.postings(assetId, asked)),
      revision,
    }));
  }

  /** The lines behind the costs and, with a period, the reliability of an asset. @throws Rejection NOT_FOUND, VALIDATION_FAILED */
  explanation(assetId: number, query: RawQuery): Promise<AssetExplanation> {
    const asked = askedIn(query);
    const { from, to } = asked;
    const period = from !== null && to !== null ? this.reliability.period({ from, to }) : undefined;
    return this.resources.together(assets, assetId, async ({ revision }) => {
      const posted = await this.postings(assetId, asked);
      const down = period ? await this.reliability.timesDown(assetId, period) : [];
      const told = down.map(({ row, ...time }): Row => {
        const hours = hoursOf(period ? insideOf(time, period) : 0);
        const ended = row.ended_at === null ? 'is down since then' : `ran again at ${row.ended_at}`;
        const explanation = `It went down at ${row.started_at} and ${ended}${time.planned ? ', as planned' : ''}: ${hours} hours of it lie in the period.`;
        return { kind: 'downtime', explanation, amount: null, hours, work_order_id: row['work_order_id'], position: row['position'] };
      });
      const costs = posted.map(({ kind, amount, work_order_id, position, part_id, note }): Row => ({
        kind,
        explanation: toldOf({ kind, amount, work_order_id, part_id, note }),
        amount,
        hours: null,
        work_order_id: Number(work_order_id),
        position,
      }));
      const reliability = period ? this.reliability.figures(assetId, period, down) : null;
      return {
        costs: { ...this.sums(assetId, asked, posted), revision },
        reliability,
        lines: await withEvents(this.database, [...costs, ...told]),
      };
    });
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED */
  async explain(assetId: number, query: RawQuery): Promise<Answer> {
    const { costs, reliability, lines } = await this.explanation(assetId, query);
    const shown = {
      costs: await assetCosts.print(costs, this.related),
      reliability: reliability && (await assetReliability.print(reliability, this.related)),
      lines: await allKnown(lines.map((line) => explanationLine.print(line, this.related))),
    };
    return new Answer(shown, { revision: Number(costs['revision']) });
  }

  private sums(assetId: number, asked: Asked, posted: readonly Posting[]): Row {
    const sum = (kind?: Kind): Decimal =>
      showValue(
        posted.reduce((total, posting) => (kind === undefined || posting.kind === kind ? total + toValue(posting.amount) : total), 0n),
      );
    const amounts = Object.fromEntries(kinds.map((kind) => [kind, sum(kind)]));
    return { asset_id: assetId, ...asked, currency: currentEntity().currency, ...amounts, total: sum() };
  }

  private async postings(assetId: number, { from, to, subtree }: Asked): Promise<Posting[]> {
    const entity = currentEntity();
    const tree = rowsOf(assets.view, 'child');
    const found = await this.database.query<Posting[]>(
      ...statementAsOf(
        `WITH RECURSIVE meant AS (
           SELECT $5::bigint AS id
           UNION
           SELECT child.id FROM meant JOIN ${tree} ON child.parent_id = meant.id WHERE $6::boolean
         ), ${datedPostings(rowsOf(postings, 'cost_postings'))}
         SELECT postings.kind, trim_scale(postings.amount)::text AS amount, postings.work_order_id::text, postings.part_id::text, other_costs.note, postings.position::text
         FROM postings JOIN ${rowsOf(workOrders.list.view, 'orders')} ON orders.id = postings.work_order_id
         LEFT JOIN read.other_costs other_costs ON other_costs.id = postings.other_cost_id
         WHERE orders.asset_id IN (SELECT id FROM meant)
           AND ($3::date IS NULL OR postings.day >= $3::date) AND ($4::date IS NULL OR postings.day <= $4::date)
         ORDER BY postings.position`,
        [entity.id, timeZoneOf(entity), from, to, assetId, subtree],
      ),
    );
    return found;
  }
}

function toldOf({
  kind,
  amount,
  work_order_id,
  part_id,
  note,
}: Pick<Posting, 'kind' | 'amount' | 'work_order_id' | 'part_id' | 'note'>): string {
  const what = { labor: 'labour', parts: `part ${part_id ?? ''}`, other: note ?? 'another cost' }[kind];
  return `Work order ${work_order_id} was ${amount.startsWith('-') ? 'credited' : 'charged'} for ${what}.`;
}

const known = ['from', 'to', 'subtree'];

function askedIn(query: RawQuery): Asked {
  const details = Object.keys(query)
    .filter((name) => !known.includes(name))
    .map((field): Detail => ({ field, code: 'unknown_field', message: `there is no such parameter; allowed: ${known.join(', ')}` }));
  const { from, to } = daysOf(query, details);
  const said = query['subtree'] ?? 'false';
  if (said !== 'true' && said !== 'false') details.push({ field: 'subtree', code: 'not_a_boolean', message: 'must be true or false' });
  if (details.length > 0) throw invalid(details);
  return { from, to, subtree: said === 'true' };
}
