import { defineRecord, Name } from '#millwright/resources';

class CustomerFields {
  @Name({ required: true, example: 'Acme Corporation' }) name!: string;
}

/** Who the data belongs to. An installation begins with one; it has no edge of its own yet. */
export const customers = defineRecord({ name: 'customer', plural: 'customers', fields: CustomerFields, scope: 'customer', hidden: true });
