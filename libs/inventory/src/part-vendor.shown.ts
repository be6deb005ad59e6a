import { allKnown, whenKnown, type Row } from '#millwright/event-sourcing';
import {
  defineField,
  ShownFlag,
  ShownId,
  ShownInteger,
  ShownMoney,
  ShownText,
  type Child,
  type Class,
  type Related,
} from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

/** Of a vendor's contact: `people:read` shows how he is reached. */
class PrimaryContactFields {
  @ShownId() id!: number;
  @ShownText({ description: 'What the person is called.' }) name!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'The e-mail address.' }) email!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'A telephone number, as people write it.' }) phone!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'What is to be dialled behind the number.' }) extension!: string | null;
}

const primaryContact = defineShownType('PrimaryContact', PrimaryContactFields, 'Whom to speak to first at a vendor.');

const vendorOf = ({ vendor_id }: Row, related: Related): Promise<Row | undefined> => related.row('vendor', vendor_id);

/** The contact that the vendor has marked; null where there is none. */
async function contactOf(row: Row, related: Related): Promise<Row | null> {
  const contacts = ((await vendorOf(row, related))?.['vendor_contacts'] ?? []) as readonly Child[];
  return contacts.find(({ is_primary }) => is_primary === true) ?? null;
}

const ShownContact = (): PropertyDecorator => (target, property) => {
  const name = String(property);
  defineField(target.constructor as Class, {
    name,
    description: 'Whom to speak to first there.',
    printed: {
      name,
      openApi: { type: () => primaryContact.type, nullable: true },
      print: (row, related) => whenKnown(contactOf(row, related), (contact) => contact && primaryContact.print(contact, related)),
    },
    output: { name, type: () => primaryContact.type, nullable: true, resolve: contactOf },
  });
};

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
  @ShownContact() primary_contact!: object | null;
}

const partVendor = defineShownType('PartVendor', PartVendorFields, 'A vendor that a part is bought from.');

const vendorParts = ({ vendor_parts }: Row): readonly Child[] => (vendor_parts ?? []) as readonly Child[];

/** Whom a part is bought from, as clients read it; what is said of it is `vendor_parts`. */
export const ShownVendors = (): PropertyDecorator => (target, property) => {
  const name = String(property);
  defineField(target.constructor as Class, {
    name,
    description: 'The vendors that it is bought from.',
    printed: {
      name,
      openApi: { type: () => partVendor.type, isArray: true },
      print: (row, related) => allKnown(vendorParts(row).map((child) => partVendor.print(child, related))),
    },
    output: { name, type: () => [partVendor.type], nullable: false, resolve: vendorParts },
  });
};

/** Providers of the room's module. */
export const partVendorResolvers = [partVendor.resolver, primaryContact.resolver];
