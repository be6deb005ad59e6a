import { Injectable } from '@nestjs/common';
import type { PartRow } from '#millwright/inventory';
import { Answer, RelatedRecords, type Decided, type OtherAnswers } from '#millwright/resources';
import type { WorkOrder } from './domain/work-order.state.js';
import type { WorkOrderRow } from './read-models/work-order-row.js';
import { WorkOrderCostReader } from './work-order-costs.js';
import { partAssignment, type PartLine } from './work-order-costs.shown.js';
import type { AssignPart, SetAssignedQuantity } from './work-order.commands.js';

/** The answer of a write on one of an order's parts; a part that is no longer there shows quantity 0. */
@Injectable()
export class AssignmentAnswers implements OtherAnswers<Decided<WorkOrder>, AssignPart | SetAssignedQuantity> {
  constructor(
    private readonly related: RelatedRecords,
    private readonly costs: WorkOrderCostReader,
  ) {}

  async answer({ row, revision, position }: Decided<WorkOrder>, { part_id }: AssignPart | SetAssignedQuantity): Promise<Answer> {
    const order = row as WorkOrderRow;
    const assigned = order.part_lines.find((line) => line.part_id === part_id);
    const line = assigned ? await this.costs.decidedLine(order, position, part_id, assigned.quantity) : await this.emptyLine(part_id);
    return new Answer(await partAssignment.print(line, this.related), { revision, position });
  }

  private async emptyLine(part_id: number): Promise<PartLine> {
    return { part_id, part: (await this.related.row('part', part_id)) as PartRow, quantity: '0', total_cost: '0' };
  }
}
