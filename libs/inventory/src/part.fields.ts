import { roundToCurrency, showValue, toValue, type Decimal } from '#millwright/quantities';
import {
  Children,
  ExternalReference,
  Flag,
  Integer,
  Money,
  MovesElsewhere,
  Name,
  QrCode,
  Quantity,
  Reference,
  References,
  ShownMoney,
  ShownQuantity,
  Text,
  type QrCodeAttributes,
} from '#millwright/fields';
import { resourceFields } from '#millwright/resources';
import { assetsOfPart } from './earlier-assets.js';
import { onePreferred } from './domain/preferred-vendor.js';
import { ShownVendors } from './part-vendor.shown.js';

/** What a vendor has of a part. */
class VendorPartFields {
  @Reference('vendor', { required: true, demands: 'active', description: 'The vendor; no two of a part have the same.' })
  vendor_id!: number;
  @Text({ description: "The vendor's number for it.", max: 100, example: 'ABC-12345' }) vendor_part_number?: string | null;
  @Money({ description: 'What one costs there.', example: 24.9 }) unit_cost?: string | null;
  @Integer({ description: 'How many whole days from order to delivery.', example: 7 }) lead_time?: number | null;
  @Flag({ description: 'Whether it is bought there first: at most one vendor of a part is.', initial: false, example: true })
  is_preferred?: boolean | null;
}

/** What a part is, apart from its stock. */
export class PartFields {
  @Name({ description: 'What people call the part.', required: true, example: 'Air Filter' }) name!: string;
  @Text({ description: 'What it is, up to 10,000 characters.', max: 10_000, example: 'Fiberglass panel filter' }) description?:
    string | null;
  @Flag({
    description: 'A non-stock part is bought when it is used: it has a price, and neither stock nor average.',
    initial: false,
    example: false,
  })
  is_non_stock?: boolean | null;
  @Text({ description: "The part's number in your books or its maker's; need not be unique.", example: 'FL_A' }) number?: string | null;
  @Text({ description: 'Where in the storeroom it lies.', example: 'Filters bin' }) area?: string | null;
  @Integer({ description: 'How many days from order to delivery.', example: 7 }) lead_time?: number | null;
  @Quantity({
    atLeast: '0',
    description: 'The reorder point: to be ordered when there are no more than this.',
    example: 5,
  })
  min_qty?: string | null;
  @Quantity({ atLeast: '0', description: 'How many to have after reordering.', example: 8 }) desired_qty?: string | null;
  @Reference('part_type', { description: 'The part type that it is of.', label: ['id', 'name'] }) part_type_id?: number | null;
  @Reference('storeroom', { description: 'The storeroom where it lies.', label: ['id', 'name'] }) storeroom_id?: number | null;
  @Reference('measurement_unit', {
    description: 'The unit that its quantities count.',
    label: ['id', 'name', 'short_name'],
    labelInRows: ['id', 'name'],
  })
  measurement_unit_id?: number | null;
  @References('asset', {
    description: 'The assets that it is used for.',
    label: ['id', 'name'],
    fromBothSides: true,
    ids: (row, related) => (row['owns_assets'] === true ? row['assets_ids'] : assetsOfPart(row, related)),
  })
  assets_ids?: number[] | null;
  @Children(VendorPartFields, {
    name: 'vendor_part',
    knownBy: 'vendor_id',
    rule: onePreferred,
    description: 'Whom it is bought from. One that is there goes, or becomes that of another vendor, only by who has costs:read.',
  })
  vendor_parts_attributes?: VendorPartFields[] | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
  @ExternalReference() external_reference?: string | null;
}

/** A new part, with what is on the shelf already: a quantity needs a unit cost. */
export class PartInput extends PartFields {
  @Quantity({ description: 'How many lie on the shelf already; needs a unit cost.', atLeast: '0', saidWith: 'stock:move', example: 6 })
  on_hand_qty?: string | null;
  @Money({ description: 'The list price of one; what is on the shelf is worth this.', example: 26.15 }) unit_cost?: string | null;
}

/** An edit of what a part is: its stock and costs move through operations of their own. */
class PartUpdate extends PartFields {
  @MovesElsewhere('PATCH /parts/{id}/restock or PATCH /parts/{id}/reconcile') on_hand_qty?: never;
  @MovesElsewhere('PATCH /parts/{id}/update_unit_cost', { seenWith: 'costs:read' }) unit_cost?: never;
  @MovesElsewhere('PATCH /parts/{id}/update_avg_unit_cost', { seenWith: 'costs:read' }) avg_unit_cost?: never;
}

type Valued = Readonly<{ stock_value: Decimal | null; currency: string }>;

/** The stock value as finance sees it. */
const postedValue = ({ stock_value, currency }: Valued): Decimal | null =>
  stock_value === null ? null : showValue(roundToCurrency(toValue(stock_value), currency));

/** What follows from its movements. Quantities 3 decimals, money of the part's currency; null for a non-stock part where it is about stock. */
export class PartFigures {
  @ShownQuantity({ description: 'How many lie on the shelf; null for a non-stock part.', example: 6 }) on_hand_qty!: Decimal | null;
  @ShownQuantity({ description: 'How many of them open work orders want.', always: true, only: 'full', example: 1 }) reserved!: Decimal;
  @ShownQuantity({
    description: 'On hand less reserved, negative after a count found less than was reserved; null for a non-stock part.',
  })
  available!: Decimal | null;
  @ShownMoney({ description: "The list or last price of one, in the site's currency.", example: 26.15 }) unit_cost!: Decimal | null;
  @ShownMoney({
    description: "The moving average of what one cost, in the site's currency, up to 6 decimals; null for a non-stock part.",
    example: 26.15,
  })
  avg_unit_cost!: Decimal | null;
  @ShownMoney({ description: 'The same as avgUnitCost.', over: 'graphql', of: ({ avg_unit_cost }) => avg_unit_cost })
  average_unit_cost!: Decimal | null;
  @ShownMoney({
    description: "What the stock is worth, in the site's currency, rounded to its minor unit; null for a non-stock part.",
    of: (row) => postedValue(row as Valued),
    stored: true,
  })
  stock_value!: Decimal | null;
  @ShownVendors() vendors!: readonly object[];
}

export const partFields = resourceFields({
  name: 'part',
  fields: PartFields,
  create: PartInput,
  update: PartUpdate,
  shown: PartFigures,
  attachments: true,
  people: { as: 'records', columns: ['created_by_id', 'updated_by_id'] },
});
