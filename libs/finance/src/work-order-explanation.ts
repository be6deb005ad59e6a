import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { allKnown, streamName, type Row } from '#millwright/event-sourcing';
import { rowsOf, statementAsOf, viewOf } from '#millwright/lists';
import { showValue, toValue, type Decimal } from '#millwright/quantities';
import { Answer, RelatedRecords, ResourceReader } from '#millwright/resources';
import { totalCosts, WorkOrderCostReader, workOrder, workOrders, type WorkOrderCosts, type WorkOrderRow } from '#millwright/work-orders';
import { positionsOf, withEvents } from './explained-events.js';
import { explanationLine } from './explanation-line.shown.js';
import { costPosting } from './read-models/costs.js';

const postings = viewOf(costPosting);

type Posting = Readonly<{
  kind: 'labor' | 'parts' | 'other';
  amount: Decimal;
  position: string;
  part_id: string | null;
  note: string | null;
  hours: Decimal | null;
}>;

/** The lines behind what a work order costs, and the sums that they add up to. */
type Explained = Readonly<{ costs: WorkOrderCosts; lines: readonly Row[]; revision: number }>;

/** Why a work order costs what it costs: each posting with its event and, while it is open, what its parts would cost today. */
@Injectable()
export class WorkOrderExplanation {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly related: RelatedRecords,
    private readonly costs: WorkOrderCostReader,
  ) {}

  /** All of one moment. @throws Rejection NOT_FOUND */
  explained(workOrderId: number): Promise<Explained> {
    return this.resources.together(workOrders, workOrderId, async (found) => {
      const row = found as unknown as WorkOrderRow;
      const costs = await this.costs.projected(row);
      const posted = await this.postings(workOrderId);
      const lines = posted.map(({ kind, amount, position, part_id, note, hours }): Row => {
        const worked = `${hours?.replace('-', '') ?? ''} hours of work${note === null ? '' : ` (${note})`}`;
        const what = { labor: worked, parts: `part ${part_id ?? ''}`, other: note ?? 'another cost' }[kind];
        const explanation = `It was ${amount.startsWith('-') ? 'credited' : 'charged'} for ${what}.`;
        return { kind, explanation, amount, hours, work_order_id: workOrderId, position };
      });
      const estimated = costs.is_estimate ? await this.estimates(row, costs, posted) : [];
      return { costs, lines: await withEvents(this.database, [...lines, ...estimated]), revision: row.revision };
    });
  }

  /** @throws Rejection NOT_FOUND */
  async answer(workOrderId: number): Promise<Answer> {
    const { costs, lines, revision } = await this.explained(workOrderId);
    const shown = {
      total_costs: await totalCosts.print(costs, this.related),
      lines: await allKnown(lines.map((line) => explanationLine.print(line, this.related))),
    };
    return new Answer(shown, { revision });
  }

  private postings(workOrderId: number): Promise<Posting[]> {
    return this.database.query<Posting[]>(
      ...statementAsOf(
        `SELECT postings.kind, trim_scale(postings.amount)::text AS amount, postings.position::text, postings.part_id::text,
           coalesce(other_costs.note, entries.note) AS note, trim_scale(entries.hours)::text AS hours
         FROM ${rowsOf(postings, 'postings')}
         LEFT JOIN read.other_costs other_costs ON other_costs.id = postings.other_cost_id
         LEFT JOIN read.labor_entries entries ON entries.id = postings.labor_entry_id
         WHERE postings.work_order_id = $1 ORDER BY postings.position`,
        [workOrderId],
      ),
    );
  }

  /** One line a part that is reserved. What of it is posted already, while a completion is under way, has a line of its own. */
  private async estimates(row: WorkOrderRow, { lines }: WorkOrderCosts, posted: readonly Posting[]): Promise<Row[]> {
    const revisions = new Map(row.part_lines.map(({ part_id, request_revision }) => [part_id, request_revision]));
    const positions = await positionsOf(this.database, streamName(workOrder.category, row.id), [...revisions.values()]);
    return lines.map(({ part_id, quantity, total_cost }): Row => {
      const before = posted.reduce((sum, posting) => (Number(posting.part_id) === part_id ? sum + toValue(posting.amount) : sum), 0n);
      const explanation = `${quantity} of part ${part_id} are reserved, and would cost ${total_cost} at the average of today.`;
      const position = positions.get(revisions.get(part_id) ?? -1);
      return { kind: 'parts', explanation, amount: showValue(toValue(total_cost) - before), hours: null, work_order_id: row.id, position };
    });
  }
}
