import { Children, Flag, Integer, Money, Name, References, Text, type ChangedChildren, type Child } from '#millwright/fields';
import { defineRecord, namedBy, type PlainResource, type ShownType } from '#millwright/resources';
import { onePrimary } from './domain/primary-contact.js';
import { EmailOfRecord, requireNewAddresses } from './email.js';
import { PartsOfVendor, PrimaryContact } from './vendor.shown.js';

const personal = true;
const seenWith = 'people:read';

function contactsAfter(changed: ChangedChildren): readonly Child[] {
  requireNewAddresses(changed);
  return onePrimary(changed);
}

class ContactFields {
  @Name({ personal, description: 'What the person is called.', required: true, example: 'Robert Smith' }) name!: string;
  @Text({ personal, seenWith, description: 'What the person does there.', example: 'HVAC Technician' }) role?: string | null;
  @EmailOfRecord() email?: string | null;
  @Text({ personal, seenWith, description: 'A telephone number, as people write it.', max: 50, example: '1-493-480-9163' }) phone?:
    string | null;
  @Text({ personal, seenWith, description: 'What is to be dialled behind the number.', max: 20, example: '989' }) extension?: string | null;
  @Flag({ description: 'Whether this is the one to speak to first: exactly one of them is.', initial: false, example: true })
  is_primary?: boolean | null;
}

class VendorFields {
  @Name({ description: 'What the vendor is called.', required: true, example: 'Summit HVAC & Refrigeration' }) name!: string;
  @Text({
    description: 'What the vendor does, up to 10,000 characters.',
    max: 10_000,
    example: 'Commercial HVAC and refrigeration installation, maintenance, and repair services',
  })
  description?: string | null;
  @Flag({ description: 'Whether anything may name the vendor anew.', initial: true, example: true }) is_active?: boolean | null;
  @Flag({ description: 'Whether work may be given to the vendor.', initial: true, example: true }) assign_to_work_orders?: boolean | null;
  @Flag({ description: 'Whether parts are bought there.', initial: false, example: true }) parts_supplier?: boolean | null;
  @Text({ description: 'What the tax office knows the vendor by.', max: 50, example: '12-3456789' }) tax_id?: string | null;
  @Text({ seenWith: 'people:read', description: 'Where the vendor is.', max: 1000, example: '123 Example St' }) address?: string | null;
  @Integer({ description: 'How content you are: 1 to 5.', atLeast: 1, atMost: 5, example: 5 }) rating?: number | null;
  @Money({ seenWith: 'rates:read', description: 'What an hour costs, whatever the hour.', example: 32.5 }) hourly_rate?: string | null;
  @References('location', { description: 'The locations where the vendor works.' }) locations_ids?: number[] | null;
  @References('category', { description: 'The categories of work that the vendor does.' }) categories_ids?: number[] | null;
  @References('asset', {
    description: 'The assets of the site that the vendor works on or supplies: the same relation as `vendors_ids` of assets.',
    ownedBy: 'vendors_ids',
    filtered: false,
    label: ['id', 'name'],
    ids: namedBy('asset', 'vendors_ids'),
  })
  assets_ids?: number[] | null;
  @Children(ContactFields, { name: 'vendor_contact', description: 'Whom to speak to there.', rule: contactsAfter })
  vendor_contacts_attributes?: ContactFields[] | null;
}

const contact = (): ShownType => {
  const [list] = vendors.fields.children;
  if (!list) throw new Error('a vendor has contacts');
  return list.shown.type;
};

class VendorFigures {
  @PrimaryContact(contact) primary_contact!: object | null;
  @PartsOfVendor() parts!: readonly object[];
}

export const vendors: PlainResource<VendorFields & VendorFigures> = defineRecord({
  name: 'vendor',
  plural: 'vendors',
  fields: VendorFields,
  shown: VendorFigures,
  label: ['id', 'name', 'primary_contact'],
  description: 'A company that does work or supplies parts.',
  scope: 'customer',
  attachments: true,
  history: true,
  people: { as: 'both' },
  demands: { active: { is_active: true }, assignable: { is_active: true, assign_to_work_orders: true } },
  search: ['name', 'description', 'tax_id', 'address'],
});
