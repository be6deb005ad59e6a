import type { PartRow } from '#millwright/inventory';
import type { Decimal } from '#millwright/quantities';
import { ShownFlag, ShownMoney, ShownObject, ShownQuantity, ShownReference, ShownText, type Related } from '#millwright/fields';
import { defineShownType, outputTypeOf } from '#millwright/resources';
import type { Row } from '#millwright/event-sourcing';

/** A part of a work order: how many, and what they cost: charged, or estimated while the order is open. Money of the part's currency, rounded to it. */
export type PartLine = Readonly<{ part_id: number; part: PartRow; quantity: Decimal; total_cost: Decimal }>;

/** What a work order cost. While it is open the parts are an estimate at the current average. */
export type WorkOrderCosts = Readonly<{
  lines: readonly PartLine[];
  parts: Decimal;
  labor: Decimal;
  other: Decimal;
  total: Decimal;
  is_estimate: boolean;
}>;

const unit = async ({ part }: Row, related: Related, column: string): Promise<unknown> =>
  (await related.row('measurement_unit', (part as PartRow).measurement_unit_id))?.[column] ?? null;

class PartAssignmentFields {
  @ShownReference('part', { description: 'The number of the part.', always: true, alone: true }) part_id!: number;
  @ShownText({ always: true, description: 'What the part is called.', example: 'Air Filter', of: ({ part }) => (part as PartRow).name })
  part_name!: string;
  @ShownObject(() => outputTypeOf('Part'), { description: 'The part, as of the same moment as the work order.' }) part!: PartRow;
  @ShownQuantity({
    description: 'How many are reserved; once the order is completed, how many it used.',
    always: true,
    example: 2,
  })
  quantity!: Decimal;
  @ShownText({ description: 'What the quantity counts, in full.', of: (line, related) => unit(line, related, 'name') })
  unit_name!: string | null;
  @ShownText({
    description: 'What the quantity counts, for behind the number.',
    of: (line, related) => unit(line, related, 'short_name'),
  })
  unit_short_name!: string | null;
  @ShownText({ always: true, description: 'How the part is used: always `usage`.', example: 'usage', of: () => 'usage' }) type!: string;
  @ShownMoney({
    description: "What was charged, in the site's currency; while the order is open, estimated at the current average.",
    always: true,
    example: 52.3,
  })
  total_cost!: Decimal;
}

export const partAssignment = defineShownType('PartAssignment', PartAssignmentFields, 'What a work order has of a part.');

class TotalCostsFields {
  @ShownMoney({ description: 'What hours of work cost.', always: true }) labor!: Decimal;
  @ShownMoney({ description: 'What is neither labour nor a part.', always: true }) other!: Decimal;
  @ShownMoney({ description: 'What its parts were charged at; while it is open, an estimate at their averages.', always: true })
  parts!: Decimal;
  @ShownMoney({ description: 'All three together.', always: true }) total!: Decimal;
  @ShownFlag({ description: 'True while the order is open: parts are an estimate then.', always: true }) is_estimate!: boolean;
}

export const totalCosts = defineShownType('TotalCosts', TotalCostsFields, "What a work order costs, in the site's currency.");
