import { Name } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';

class CustomerFields {
  @Name({ description: 'What the customer is called.', required: true, example: 'Acme Corporation' }) name!: string;
}

/** An installation begins with one; it has no edge of its own yet. */
export const customers = defineRecord({
  name: 'customer',
  plural: 'customers',
  fields: CustomerFields,
  description: 'Who the data belongs to.',
  scope: 'customer',
  hidden: true,
});
