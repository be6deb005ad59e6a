import { foldOf, type RowFold } from '#millwright/event-sourcing';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import { userIdOf } from '#millwright/access';
import { detailsIn, inOrder } from '#millwright/resources';
import { noEntries } from '../domain/order-entries.js';
import type { PartEvent } from '../domain/part.events.js';
import { part } from '../domain/part.js';
import { available, averageUnitCost, unknownPart, type Part } from '../domain/part.state.js';

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

const table = {
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
  history: {
    owner: 'entity_id',
    figures: ['on_hand_qty', 'reserved', 'available', 'unit_cost', 'avg_unit_cost', 'stock_value', 'updated_at', 'archived'],
    slow: {
      columns: ['name', 'number', 'external_reference', 'part_type_id', 'storeroom_id', 'measurement_unit_id', 'created_at', 'archived'],
      indexes: [
        ['entity_id', inOrder('"name"'), 'id'],
        ['entity_id', inOrder('"number"'), 'id'],
      ],
    },
  },
  dropped: ['last_average'],
} as const;

/** Entries of single orders and reversed receipts are left out: no column shows them. */
const keep = (state: Part): Part =>
  state.orders === noEntries && state.reversed.size === 0
    ? state
    : { ...state, orders: noEntries, openCharges: 0, reversed: unknownPart.reversed };

/** What the row does not have as it is. */
type Remembered = Pick<Part, 'unitCost' | 'history'> &
  Readonly<{ shelf: readonly [onHand: Decimal, value: Decimal]; lastAverage: Decimal; reserved: Decimal }>;

export const partFold: RowFold<PartEvent> = foldOf(part, table, (state, { revision }) => partRow(state, revision), {
  keep,
  remember: ({ unitCost, shelf, lastAverage, reserved, history }): Remembered => ({
    unitCost,
    shelf: [showQuantity(shelf.quantity), showValue(shelf.value)],
    lastAverage: showValue(lastAverage),
    reserved: showQuantity(reserved),
    history,
  }),
  recall(remembered, row) {
    const { shelf, lastAverage, reserved, ...plain } = remembered as Remembered;
    const { id, currency, archived } = row as PartRow;
    return {
      ...unknownPart,
      ...plain,
      partId: id,
      currency,
      archived,
      details: detailsIn(row, unknownPart.details),
      shelf: { quantity: toQuantity(shelf[0]), value: toValue(shelf[1]) },
      lastAverage: toValue(lastAverage),
      reserved: toQuantity(reserved),
    };
  },
});

export const partTable = partFold.table;
