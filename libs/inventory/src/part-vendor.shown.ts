import type { Row } from '#millwright/event-sourcing';
import { ShownFlag, ShownId, ShownInteger, ShownMoney, ShownText, type Child, type Related } from '#millwright/fields';
import { primaryContact, primaryContactOf } from '#millwright/people';
import { defineShownType, ShownList, ShownOne } from '#millwright/resources';

const vendorOf = ({ vendor_id }: Row, related: Related): Promise<Row | undefined> => related.row('vendor', vendor_id);

/** A vendor that a part is bought from, made of the part's own record of it (`vendor_parts`) and the vendor's. */
class PartVendorFields {
  @ShownId({ always: true, description: 'The number of the vendor.', of: ({ vendor_id }) => vendor_id }) id!: number;
  @ShownText({
    description: 'What the vendor is called.',
    of: async (row, related) => (await vendorOf(row, related))?.['name'] ?? null,
  })
  name!: string | null;
  @ShownFlag({ always: true, description: 'Whether it is bought there first.', of: ({ is_preferred }) => is_preferred === true })
  is_preferred!: boolean;
  @ShownText({ description: "The vendor's number for it." }) vendor_part_number!: string | null;
  @ShownMoney({ description: "What one costs there, in the site's currency." }) unit_cost!: string | null;
  @ShownInteger({ description: 'How many days from order to delivery.' }) lead_time!: number | null;
  @ShownOne(primaryContact, {
    description: 'Whom to speak to first there.',
    of: async (row, related) => primaryContactOf(await vendorOf(row, related)),
  })
  primary_contact!: object | null;
}

const partVendor = defineShownType('PartVendor', PartVendorFields, 'A vendor that a part is bought from.');

/** Whom a part is bought from, as clients read it; what is said of it is `vendor_parts`. */
export const ShownVendors = (): PropertyDecorator =>
  ShownList(partVendor, {
    description: 'The vendors that it is bought from.',
    of: ({ vendor_parts }) => (vendor_parts ?? []) as readonly Child[],
  });

/** Providers of the room's module. */
export const partVendorResolvers = [partVendor.resolver];
