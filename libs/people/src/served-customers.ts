import { Name, Text } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';
import { EmailOfRecord, newAddresses } from './email.js';

class ServedCustomerFields {
  @Name({ description: 'What the customer is called.', required: true, example: 'Harbour Hotel' }) name!: string;
  @Text({ description: 'Who that is, up to 10,000 characters.', max: 10_000, example: 'Runs the hotel on the third floor' }) description?:
    string | null;
  @EmailOfRecord() email?: string | null;
  @Text({
    personal: true,
    seenWith: 'people:read',
    description: 'A telephone number, as people write it.',
    max: 50,
    example: '+12222222222',
  })
  phone?: string | null;
  @Text({ personal: true, seenWith: 'people:read', description: 'Where the customer is.', max: 1000, example: '9 Harbour Rd' }) address?:
    string | null;
  @Text({ description: 'What the customer is known by in your books.', example: 'C-1044' }) account_number?: string | null;
}

/** Whom work is done for. REST calls them customers, the word for who runs the installation in every answer's `meta`. */
export const servedCustomers = defineRecord({
  name: 'served_customer',
  plural: 'served_customers',
  overRest: { root: 'customer', path: 'customers' },
  fields: ServedCustomerFields,
  description: 'Whom work is done for, like a tenant; who runs the installation is another.',
  scope: 'customer',
  history: true,
  rules: newAddresses('customer'),
  people: { as: 'both' },
  label: ['id', 'name'],
  search: ['name', 'description', 'account_number'],
});
