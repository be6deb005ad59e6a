import { ApiProperty } from '@nestjs/swagger';
import { transactionTypes } from './part-transaction.choices.js';

/** What the answers look like, for the OpenAPI document. */

const id = { type: 'integer', example: 72 } as const;
const text = { type: 'string' } as const;
const nullableText = { type: 'string', nullable: true } as const;
const amount = { type: 'number', nullable: true } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const person = { type: 'object', properties: { id, name: text, surname: nullableText } } as const;
const label = { type: 'object', nullable: true, properties: { id, name: text } } as const;
const labels = { type: 'array', items: { type: 'object', properties: { id, name: text } } } as const;

class PartFigures {
  @ApiProperty(id) id!: number;
  @ApiProperty({ ...text, example: 'Air Filter' }) name!: string;
  @ApiProperty(nullableText) description!: string | null;
  @ApiProperty({ type: 'boolean' }) is_non_stock!: boolean;
  @ApiProperty(nullableText) number!: string | null;
  @ApiProperty(nullableText) area!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Days.' }) lead_time!: number | null;
  @ApiProperty({ ...amount, example: 6, description: 'Null for a non-stock part, as are available, avg_unit_cost and stock_value.' })
  on_hand_qty!: number | null;
  @ApiProperty(amount) min_qty!: number | null;
  @ApiProperty(amount) desired_qty!: number | null;
  @ApiProperty({ ...amount, example: 26.15, description: 'The list or last price.' }) unit_cost!: number | null;
  @ApiProperty({ ...amount, example: 26.15, description: 'The moving average, up to 6 decimals.' }) avg_unit_cost!: number | null;
  @ApiProperty({ ...amount, description: "Rounded to the currency's minor unit." }) stock_value!: number | null;
  @ApiProperty({ ...amount, description: 'On hand less reserved; negative after a count found less than was reserved.' }) available!:
    number | null;
  @ApiProperty(label) part_type!: object | null;
  @ApiProperty(label) storeroom!: object | null;
  @ApiProperty(label) measurement_unit!: object | null;
  @ApiProperty(labels) assets!: object[];
  @ApiProperty(labels) vendors!: object[];
  @ApiProperty(nullableText) qr_code!: string | null;
  @ApiProperty(nullableText) external_reference!: string | null;
  @ApiProperty({ type: 'boolean' }) archived!: boolean;
  @ApiProperty(instant) created_at!: string;
  @ApiProperty(instant) updated_at!: string;
  @ApiProperty(person) created_by!: object;
  @ApiProperty(person) updated_by!: object;
}

export class Part extends PartFigures {
  @ApiProperty({ type: 'number', example: 1 }) reserved!: number;
  @ApiProperty({ type: 'array', items: { type: 'object' } }) images!: object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) documents!: object[];
}

export class PartListRow extends PartFigures {
  @ApiProperty({ type: 'object', nullable: true, additionalProperties: true }) image!: object | null;
}

export class PartTransaction {
  @ApiProperty(id) id!: number;
  @ApiProperty(nullableText) note!: string | null;
  @ApiProperty({
    type: 'string',
    enum: [...transactionTypes.words],
  })
  type!: string;
  @ApiProperty({ type: 'integer', nullable: true }) work_order_id!: number | null;
  @ApiProperty({ type: 'number', description: 'The cost of one unit in this movement, up to 6 decimals.' }) cost!: number;
  @ApiProperty({ type: 'number', description: 'The posting on the stock account, signed by its effect on the shelf.' }) total_cost!: number;
  @ApiProperty({ type: 'number', description: 'Signed by its effect on the shelf.' }) quantity!: number;
  @ApiProperty({ ...amount, description: 'After the movement, as are stock_value and avg_unit_cost.' }) on_hand_qty!: number | null;
  @ApiProperty(amount) stock_value!: number | null;
  @ApiProperty(amount) avg_unit_cost!: number | null;
  @ApiProperty({ ...amount, description: "The posting on the work order's charge: usage positive, return negative." })
  work_order_charge!: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) reversed_transaction_id!: number | null;
  @ApiProperty({ type: 'array', items: { type: 'object' } }) images!: object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) documents!: object[];
  @ApiProperty({ type: 'object', properties: { kind: text, id: text } }) actor!: object;
  @ApiProperty(instant) created_at!: string;
  @ApiProperty(instant) updated_at!: string;
  @ApiProperty(person) created_by!: object;
  @ApiProperty(person) updated_by!: object;
}

class PartMovement extends PartTransaction {
  @ApiProperty({ ...text, example: '5 at 13.1 each brought 65.5 to 10 on hand worth 125. 190.5 for 15 on hand makes an average of 12.7.' })
  explanation!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The event: id, type, stream, revision, position, actor, times.',
  })
  event!: object;
}

export class PartExplanation {
  @ApiProperty({ type: () => Part }) part!: Part;
  @ApiProperty({ type: () => [PartMovement] }) movements!: PartMovement[];
}
