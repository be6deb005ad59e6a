import { Injectable } from '@nestjs/common';
import type { PartRow } from '#millwright/inventory';
import { printed } from '#millwright/quantities';
import { Answer, instantText, instantTextOrNull, RelatedRecords, type Presenter } from '#millwright/resources';
import { workOrderRow, type WorkOrderRow } from './read-models/work-order-row.js';
import { WorkOrderCostReader, type PartLine, type WorkOrderCosts } from './work-order-costs.js';
import type { WorkOrderOutcome } from './work-order.commands.js';

const person = ['id', 'name', 'surname'];

/** Shows work orders as the contract prints them: in full, as rows of a list, and their parts line by line. */
@Injectable()
export class WorkOrderPresenter implements Presenter<WorkOrderRow, WorkOrderCosts> {
  constructor(
    private readonly related: RelatedRecords,
    private readonly costs: WorkOrderCostReader,
  ) {}

  /** The answer of a write, from the decided state. */
  async written({ state, revision, position }: WorkOrderOutcome): Promise<Answer> {
    const row = workOrderRow(state);
    return new Answer(await this.full(row, await this.costs.decided(row, position)), { revision, position });
  }

  /** The answer of a write on one of the order's parts; a part that is no longer there shows quantity 0. */
  async writtenPart({ state, revision, position }: WorkOrderOutcome, partId: number): Promise<Answer> {
    const row = workOrderRow(state);
    const assigned = row.part_lines.find(({ part_id }) => part_id === partId);
    const line = assigned ? await this.costs.decidedLine(row, position, partId, assigned.quantity) : await this.emptyLine(partId);
    return new Answer(await this.partLine(line), { revision, position });
  }

  /** Charges and current averages are the parts'. */
  figures(row: WorkOrderRow): Promise<WorkOrderCosts> {
    return this.costs.projected(row);
  }

  async sparse(row: WorkOrderRow, costs: WorkOrderCosts): Promise<object> {
    return { ...(await this.shown(row)), work_order_request_id: null, comments_count: 0, total_costs: totalCosts(costs) };
  }

  async full(row: WorkOrderRow, costs: WorkOrderCosts): Promise<object> {
    return {
      ...(await this.shown(row)),
      procedures: [],
      checklist: row.checklist,
      work_order_request: null,
      notify_vendors_on_create: row.notify_vendors_on_create,
      notify_vendors_on_update: row.notify_vendors_on_update,
      part_assignments: await Promise.all(costs.lines.map((line) => this.partLine(line))),
      total_costs: totalCosts(costs),
      images: [],
      documents: [],
    };
  }

  private async emptyLine(partId: number): Promise<PartLine> {
    return { part: (await this.related.row('part', partId)) as PartRow, quantity: '0', cost: '0' };
  }

  private async partLine({ part, quantity, cost }: PartLine): Promise<object> {
    const unit = await this.related.row('measurement_unit', part.measurement_unit_id);
    return {
      part_id: part.id,
      part_name: part.name,
      quantity: printed(quantity),
      unit_name: unit?.['name'] ?? null,
      unit_short_name: unit?.['short_name'] ?? null,
      type: 'usage',
      total_cost: printed(cost),
    };
  }

  private async shown(row: WorkOrderRow): Promise<object> {
    const { related } = this;
    const [status, asset, location, categories, technicians, created_by, updated_by] = await Promise.all([
      related.label('work_order_status', row.status_id, ['id', 'name', 'is_custom']),
      related.label('asset', row.asset_id, ['id', 'name', 'status']),
      related.label('location', row.location_id),
      related.labels('category', row.categories_ids, ['id', 'name']),
      related.labels('user', row.technicians_ids),
      related.label('user', row.created_by_id, person),
      related.label('user', row.updated_by_id, person),
    ]);
    return {
      id: row.id,
      title: row.title,
      description: row.description,
      priority: row.priority,
      type: row.type,
      pm_schedule_id: null,
      status,
      asset,
      downtime_tracking: null,
      categories,
      account_codes: [],
      technicians,
      vendors: [],
      location,
      due_date: instantTextOrNull(row.due_date),
      completed_at: instantTextOrNull(row.completed_at),
      active_timer_current_user: null,
      external_reference: row.external_reference,
      archived: row.archived,
      created_at: instantText(row.created_at),
      updated_at: instantText(row.updated_at),
      created_by,
      updated_by,
    };
  }
}

const totalCosts = ({ labor, other, parts, total, isEstimate }: WorkOrderCosts): object => ({
  labor: printed(labor),
  other: printed(other),
  parts: printed(parts),
  total: printed(total),
  is_estimate: isEstimate,
});
