import { foldOf, noChildren, type RowFold, type TableDefinition } from '#millwright/event-sourcing';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import { inOrder } from '#millwright/lists';
import { detailsIn, resourceColumns, resourceRow, type ResourceRow } from '#millwright/resources';
import type { PartDetails, PartEvent } from '../domain/part.events.js';
import { part } from '../domain/part.js';
import { available, averageUnitCost, unknownPart, type Part } from '../domain/part.state.js';
import { partFields, type PartFields, type PartFigures } from '../part.fields.js';

/** A part as the table `read.parts` has it. Quantities 3 decimals, money of `currency`; stock figures are null for a non-stock part. Times are ISO 8601 UTC. */
export type PartRow = ResourceRow<PartFields, Omit<PartFigures, 'average_unit_cost' | 'vendors'>> &
  Readonly<{ is_non_stock: boolean; assets_ids: readonly number[]; owns_assets: boolean; currency: string }>;

/** The row of a registered part: what reads show, and what answers of writes show before the projection has seen them. */
export function partRow(part: Part, revision: number): PartRow {
  const { partId, details, currency, unitCost, ownsAssets, archived } = part;
  const stocked = !details.isNonStock;
  return resourceRow<PartFields, PartRow>(partFields, part, {
    id: partId ?? 0,
    on_hand_qty: stocked ? showQuantity(part.shelf.quantity) : null,
    reserved: showQuantity(part.reserved),
    available: stocked ? showQuantity(available(part)) : null,
    unit_cost: unitCost,
    avg_unit_cost: stocked ? showValue(averageUnitCost(part)) : null,
    stock_value: stocked ? showValue(part.shelf.value) : null,
    owns_assets: ownsAssets,
    currency,
    archived,
    revision,
  });
}

const table = {
  name: 'parts',
  columns: { ...resourceColumns(partFields.all, 'entity'), owns_assets: 'boolean', currency: 'text' },
  key: ['id'],
  indexes: [
    ['entity_id', inOrder('"name"'), 'id'],
    ['entity_id', 'created_at', 'id'],
    ['entity_id', 'updated_at', 'id'],
    ['entity_id', inOrder('"number"'), 'id'],
  ],
  containing: ['assets_ids', 'vendor_parts'],
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
} satisfies Omit<TableDefinition, 'memory'>;

/** Entries of single orders and reversed receipts are left out: no column shows them. */
const { orders, openCharges, reversed } = unknownPart;
const forgotten = { orders, openCharges, reversed };

const keep = (state: Part): Part => (state.orders === orders && state.reversed.size === 0 ? state : { ...state, ...forgotten });

/** What the row does not have as it is. */
type Remembered = Pick<Part, 'unitCost' | 'history'> &
  Partial<Pick<Part, 'vendorParts' | 'heardAssets'>> &
  Readonly<{ shelf: readonly [onHand: Decimal, value: Decimal]; lastAverage: Decimal; reserved: Decimal }>;

export const partFold: RowFold<PartEvent> = foldOf(part, table, (state, { revision }) => partRow(state, revision), {
  keep,
  remember: ({ unitCost, vendorParts, shelf, lastAverage, reserved, heardAssets, history }): Remembered => ({
    unitCost,
    ...(vendorParts.lastId > 0 && { vendorParts }),
    heardAssets,
    shelf: [showQuantity(shelf.quantity), showValue(shelf.value)],
    lastAverage: showValue(lastAverage),
    reserved: showQuantity(reserved),
    history,
  }),
  // Every field is named, so that a state that is neither remembered nor in the row does not compile.
  recall(remembered, row): Part {
    const { shelf, lastAverage, reserved, heardAssets = {}, ...plain } = remembered as Remembered;
    const { id, currency, archived, owns_assets } = row as PartRow;
    return {
      ...forgotten,
      vendorParts: noChildren,
      ...plain,
      partId: id,
      currency,
      archived,
      heardAssets,
      // What an earlier release has built has no such column.
      ownsAssets: owns_assets ?? false,
      details: detailsIn<PartDetails>(partFields, row),
      shelf: { quantity: toQuantity(shelf[0]), value: toValue(shelf[1]) },
      lastAverage: toValue(lastAverage),
      reserved: toQuantity(reserved),
    };
  },
});

export const partTable = partFold.table;
