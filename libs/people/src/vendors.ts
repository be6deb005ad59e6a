import { Children, Flag, Integer, Money, Name, References, ShownObject, Text } from '#millwright/fields';
import { defineRecord, outputTypeOf } from '#millwright/resources';
import { onePrimary } from './domain/primary-contact.js';
import { Email } from './email.js';

const personal = true;
const seenWith = 'people:read';

class ContactFields {
  @Name({ personal, description: 'What the person is called.', required: true, example: 'Robert Smith' }) name!: string;
  @Text({ personal, seenWith, description: 'What the person does there.', example: 'HVAC Technician' }) role?: string | null;
  @Email() email?: string | null;
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
  @Text({ description: 'Where the vendor is.', max: 1000, example: '123 Example St' }) address?: string | null;
  @Integer({ description: 'How content you are: 1 to 5.', atLeast: 1, atMost: 5, example: 5 }) rating?: number | null;
  @Money({ seenWith: 'rates:read', description: 'What an hour costs, whatever the hour.', example: 32.5 }) hourly_rate?: string | null;
  @References('location', { description: 'The locations where the vendor works.' }) locations_ids?: number[] | null;
  @References('category', { description: 'The categories of work that the vendor does.' }) categories_ids?: number[] | null;
  @Children(ContactFields, { name: 'vendor_contact', description: 'Whom to speak to there.', rule: onePrimary })
  vendor_contacts_attributes?: ContactFields[] | null;
}

class VendorFigures {
  @ShownObject(() => outputTypeOf('VendorContact'), {
    description: 'Whom to speak to first; null where there is nobody.',
    of: ({ vendor_contacts }) => ((vendor_contacts ?? []) as readonly ContactFields[]).find(({ is_primary }) => is_primary) ?? null,
  })
  primary_contact!: object | null;
}

export const vendors = defineRecord({
  name: 'vendor',
  plural: 'vendors',
  fields: VendorFields,
  shown: VendorFigures,
  description: 'A company that does work or supplies parts.',
  scope: 'customer',
  attachments: true,
  history: true,
  people: { as: 'both' },
  demands: { active: { is_active: true }, assignable: { is_active: true, assign_to_work_orders: true } },
  search: ['name', 'description', 'tax_id', 'address'],
});
