import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventStore, type Position } from '#millwright/event-sourcing';
import { orderEntry, part, partRow, type PartRow } from '#millwright/inventory';
import { oneUnit, divideHalfUp, roundToCurrency, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import type { BulkRead } from '#millwright/fields';
import { rowsOf, statementAsOf, type View } from '#millwright/lists';
import { RelatedRecords, ResourceReader, type ResourceFigures } from '#millwright/resources';
import { sideBySide } from './domain/side-by-side.js';
import type { PartLineRow, WorkOrderRow } from './read-models/work-order-row.js';
import type { PartLine, WorkOrderCosts } from './work-order-costs.shown.js';
import { workOrders } from './work-order.resource.js';

type Charge = Readonly<{ part_id: number; charge_posted: Decimal }>;

/** What finance shows of charges; its room needs this one, so it is named and not imported. */
const charges: View = {
  from: 'read.work_order_part_charges',
  columns: { work_order_id: 'bigint', part_id: 'bigint', charge_posted: 'numeric' },
  history: { versions: 'read.work_order_part_charges_history' },
};

/** What orders were charged for their parts, as finance sees it. */
const postedCharges: BulkRead<number, readonly Charge[]> = {
  async read(workOrderIds, database) {
    const rows = await database.query<{ work_order_id: string; part_id: string; charge_posted: Decimal }[]>(
      ...statementAsOf(`SELECT work_order_id, part_id, charge_posted FROM ${rowsOf(charges)} WHERE work_order_id = ANY($1)`, [
        [...workOrderIds],
      ]),
    );
    const byOrder = new Map<number, Charge[]>(workOrderIds.map((id) => [id, []]));
    for (const { work_order_id, part_id, charge_posted } of rows)
      byOrder.get(Number(work_order_id))?.push({ part_id: Number(part_id), charge_posted });
    return workOrderIds.map((id) => byOrder.get(id) ?? []);
  },
};

/** Adds up what work orders cost: from the read models for reads, from the decided states for the answer of a write. */
@Injectable()
export class WorkOrderCostReader implements ResourceFigures<WorkOrderCosts>, OnModuleInit {
  constructor(
    private readonly related: RelatedRecords,
    private readonly events: EventStore,
    private readonly resources: ResourceReader,
  ) {}

  onModuleInit(): void {
    this.resources.showBeside(workOrders, this);
  }

  /** What an order cost, wherever its row came from. */
  of(row: WorkOrderRow & Readonly<{ decided_at?: string }>): Promise<WorkOrderCosts> {
    return row.decided_at === undefined ? this.projected(row) : this.decided(row, BigInt(row.decided_at));
  }

  async projected(row: WorkOrderRow): Promise<WorkOrderCosts> {
    const charges = row.status_kind === 'completed' ? await this.related.load(postedCharges, row.id) : [];
    const lines = await Promise.all(
      row.part_lines.map(async ({ part_id, quantity }): Promise<PartLine[]> => {
        const found = (await this.related.row('part', part_id)) as unknown as PartRow | undefined;
        const charge = charges.find((posted) => posted.part_id === part_id)?.charge_posted ?? '0';
        return found ? [lineOf(row, found, quantity, charge)] : [];
      }),
    );
    return costsOf(row, lines.flat());
  }

  /** As of the position that the row stands for. */
  async decided(row: WorkOrderRow, position: Position): Promise<WorkOrderCosts> {
    const line = ({ part_id, quantity }: PartLineRow): Promise<PartLine> => this.decidedLine(row, position, part_id, quantity);
    return costsOf(row, await sideBySide(row.part_lines, line));
  }

  /** One part of an order, from its decided state. */
  async decidedLine(row: WorkOrderRow, position: Position, partId: number, quantity: Decimal): Promise<PartLine> {
    const { state, revision } = await this.events.loadUpTo(part, partId, position);
    const charge = roundToCurrency(orderEntry(state, row.id).charge, state.currency);
    return lineOf(row, partRow(state, revision), quantity, showValue(charge));
  }
}

const lineOf = (row: WorkOrderRow, found: PartRow, quantity: Decimal, charge: Decimal): PartLine => ({
  part_id: found.id,
  part: found,
  quantity,
  total_cost: row.status_kind === 'completed' ? charge : estimateOf(found, quantity),
});

/** A part that an order is to have, at what it would cost today. */
export const estimatedLine = (found: PartRow, quantity: Decimal): PartLine => ({
  part_id: found.id,
  part: found,
  quantity,
  total_cost: estimateOf(found, quantity),
});

/** What the parts would cost today: at the average, or for a non-stock part at its price. */
function estimateOf({ is_non_stock, unit_cost, avg_unit_cost, currency }: PartRow, quantity: Decimal): Decimal {
  const each = toValue((is_non_stock ? unit_cost : avg_unit_cost) ?? '0');
  return showValue(roundToCurrency(divideHalfUp(toQuantity(quantity) * each, oneUnit), currency));
}

function costsOf({ status_kind, other_costs, labor_costs }: WorkOrderRow, lines: readonly PartLine[]): WorkOrderCosts {
  const parts = lines.reduce((sum, { total_cost }) => sum + toValue(total_cost), 0n);
  const labor = labor_costs ?? '0';
  return {
    lines,
    parts: showValue(parts),
    labor,
    other: other_costs,
    total: showValue(parts + toValue(labor) + toValue(other_costs)),
    is_estimate: status_kind === 'open',
  };
}
