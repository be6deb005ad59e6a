import { Set as PersistentSet } from 'immutable';
import type { TableDefinition } from '#millwright/event-sourcing';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import { userIdOf } from '#millwright/access';
import { inOrder } from '#millwright/resources';
import { noEntries } from '../domain/order-entries.js';
import { available, averageUnitCost, type Part } from '../domain/part.state.js';

/** A part as the table `read.parts` has it. Quantities 3 decimals, money of `currency`; stock figures are null for a non-stock part. Times are ISO 8601 UTC. */
export type PartRow = Readonly<{
  id: number;
  customer_id: number;
  entity_id: number;
  name: string;
  description: string | null;
  is_non_stock: boolean;
  number: string | null;
  area: string | null;
  lead_time: number | null;
  on_hand_qty: Decimal | null;
  reserved: Decimal;
  available: Decimal | null;
  min_qty: Decimal | null;
  desired_qty: Decimal | null;
  unit_cost: Decimal | null;
  avg_unit_cost: Decimal | null;
  /** Exact, 6 decimals. */
  stock_value: Decimal | null;
  /**
   * What the average was when the shelf was last emptied, or set since: kept, also while the part is a non-stock one.
   * Null in a row that a release without this column made.
   */
  last_average: Decimal | null;
  currency: string;
  part_type_id: number | null;
  storeroom_id: number | null;
  measurement_unit_id: number | null;
  assets_ids: readonly number[];
  qr_code: string | null;
  external_reference: string | null;
  archived: boolean;
  created_at: string;
  updated_at: string;
  created_by_id: number;
  updated_by_id: number;
  /** Of the part's stream: the ETag. */
  revision: number;
}>;

export const partTable: TableDefinition = {
  name: 'parts',
  columns: {
    id: 'bigint',
    customer_id: 'bigint',
    entity_id: 'bigint',
    name: 'text',
    description: 'text',
    is_non_stock: 'boolean',
    number: 'text',
    area: 'text',
    lead_time: 'integer',
    on_hand_qty: 'numeric',
    reserved: 'numeric',
    available: 'numeric',
    min_qty: 'numeric',
    desired_qty: 'numeric',
    unit_cost: 'numeric',
    avg_unit_cost: 'numeric',
    stock_value: 'numeric',
    last_average: 'numeric',
    currency: 'text',
    part_type_id: 'bigint',
    storeroom_id: 'bigint',
    measurement_unit_id: 'bigint',
    assets_ids: 'bigint[]',
    qr_code: 'text',
    external_reference: 'text',
    archived: 'boolean',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    created_by_id: 'bigint',
    updated_by_id: 'bigint',
    revision: 'bigint',
  },
  key: ['id'],
  indexes: [
    ['entity_id', inOrder('"name"'), 'id'],
    ['entity_id', 'created_at', 'id'],
    ['entity_id', 'updated_at', 'id'],
    ['entity_id', inOrder('"number"'), 'id'],
  ],
};

/** The row of a registered part: what reads show, and what answers of writes show before the projection has seen them. */
export function partRow(part: Part, revision: number): PartRow {
  const { partId, history, details, currency, unitCost, archived } = part;
  if (partId === null || !history) throw new Error('a part that was never registered has no row');
  const stocked = !details.isNonStock;
  return {
    id: partId,
    customer_id: history.customerId,
    entity_id: history.entityId ?? 0,
    name: details.name,
    description: details.description,
    is_non_stock: details.isNonStock,
    number: details.number,
    area: details.area,
    lead_time: details.leadTime,
    on_hand_qty: stocked ? showQuantity(part.shelf.quantity) : null,
    reserved: showQuantity(part.reserved),
    available: stocked ? showQuantity(available(part)) : null,
    min_qty: details.minQty,
    desired_qty: details.desiredQty,
    unit_cost: unitCost,
    avg_unit_cost: stocked ? showValue(averageUnitCost(part)) : null,
    stock_value: stocked ? showValue(part.shelf.value) : null,
    last_average: showValue(part.lastAverage),
    currency,
    part_type_id: details.partTypeId,
    storeroom_id: details.storeroomId,
    measurement_unit_id: details.measurementUnitId,
    assets_ids: details.assetsIds,
    qr_code: details.qrCode,
    external_reference: details.externalReference,
    archived,
    created_at: history.created.at,
    updated_at: history.updated.at,
    created_by_id: userIdOf(history.created.by),
    updated_by_id: userIdOf(history.updated.by),
    revision,
  };
}

/**
 * The part as its row remembers it, to fold the next event into. What no column shows (entries of single orders, reversed receipts) is left out:
 * nothing in the row depends on it.
 */
export function partOfRow(row: PartRow): Part {
  const stamp = (at: string, userId: number) => ({ at, by: { kind: 'user', id: String(userId) } as const });
  return {
    partId: row.id,
    currency: row.currency,
    details: {
      name: row.name,
      description: row.description,
      number: row.number,
      area: row.area,
      leadTime: row.lead_time,
      minQty: row.min_qty,
      desiredQty: row.desired_qty,
      isNonStock: row.is_non_stock,
      partTypeId: row.part_type_id,
      storeroomId: row.storeroom_id,
      measurementUnitId: row.measurement_unit_id,
      assetsIds: row.assets_ids,
      qrCode: row.qr_code,
      externalReference: row.external_reference,
    },
    unitCost: row.unit_cost,
    shelf: { quantity: toQuantity(row.on_hand_qty ?? '0'), value: toValue(row.stock_value ?? '0') },
    lastAverage: toValue(row.last_average ?? row.avg_unit_cost ?? '0'),
    reserved: toQuantity(row.reserved),
    orders: noEntries,
    openCharges: 0,
    reversed: PersistentSet(),
    archived: row.archived,
    history: {
      customerId: row.customer_id,
      entityId: row.entity_id,
      created: stamp(row.created_at, row.created_by_id),
      updated: stamp(row.updated_at, row.updated_by_id),
    },
  };
}
