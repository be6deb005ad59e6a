import { InputType } from '@nestjs/graphql';
import {
  defineField,
  ExternalReference,
  Flag,
  Integer,
  Money,
  NotYet,
  partialClassOf,
  QrCode,
  Quantity,
  Reference,
  References,
  Name,
  Text,
  updateInputOf,
  type Class,
  type QrCodeAttributes,
} from '#millwright/resources';

/** What a part is, apart from its stock. */
@InputType({ isAbstract: true })
export class PartFields {
  @Name({ description: 'What people call the part.', required: true, example: 'Air Filter' }) name!: string;
  @Text({ description: 'What it is, up to 10,000 characters.', max: 10_000, example: 'Fiberglass panel filter' }) description?:
    string | null;
  @Flag({ description: 'A non-stock part is bought when it is used: it has a price, and neither stock nor average.', example: false })
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
  @Reference('part_type', { description: 'The part type that it is of.' }) part_type_id?: number | null;
  @Reference('storeroom', { description: 'The storeroom where it lies.' }) storeroom_id?: number | null;
  @Reference('measurement_unit', { description: 'The unit that its quantities count.' }) measurement_unit_id?: number | null;
  @References('asset', { description: 'The assets that it is used for.' }) assets_ids?: number[] | null;
  @NotYet() vendor_parts_attributes?: unknown[] | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
  @ExternalReference() external_reference?: string | null;
}

@InputType('CreatePartInput', { description: 'A new part, with what is on the shelf already: a quantity needs a unit cost.' })
export class PartInput extends PartFields {
  @Quantity({ description: 'How many lie on the shelf already; needs a unit cost.', atLeast: '0', example: 6 })
  on_hand_qty?: string | null;
  @Money({ description: 'The list price of one; what is on the shelf is worth this.', example: 26.15 }) unit_cost?: string | null;
}

/** An edit of what a part is; its stock and costs move through operations of their own. */
export const PartChanges = partialClassOf(PartFields, 'PartChanges') as Class<Partial<PartFields>>;
movesElsewhere('on_hand_qty', 'PATCH /parts/{id}/restock or PATCH /parts/{id}/reconcile');
movesElsewhere('unit_cost', 'PATCH /parts/{id}/update_unit_cost');
movesElsewhere('avg_unit_cost', 'PATCH /parts/{id}/update_avg_unit_cost');

/** The same as GraphQL takes it: with the part's id. */
export const PartUpdate = updateInputOf('part', 'Part', PartFields);

/** A figure of the stock ledger is refused where a part is edited, with the operation that moves it. */
function movesElsewhere(name: string, operation: string): void {
  defineField(PartChanges, {
    name,
    kind: 'not yet',
    presence: 'refused',
    check: () => ({ code: 'use_operation', message: `moves through ${operation}` }),
    description: `Refused: moves through ${operation}.`,
    openApi: { type: 'number' },
  });
}
