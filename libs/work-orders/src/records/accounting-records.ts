import { Name, Text } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';

class AccountCodeFields {
  @Name({ description: 'What people call the account.', required: true, example: 'Repairs and maintenance' }) name!: string;
  @Name({
    unique: 'in use at a customer',
    blank: 'refused',
    description: 'What your books call it: unique, without regard to case, among those that are not archived.',
    max: 100,
    example: '6300',
  })
  code?: string | null;
  @Text({ description: 'What is booked there, up to 10,000 characters.', max: 10_000 }) description?: string | null;
}

export const accountCodes = defineRecord({
  name: 'account_code',
  plural: 'account_codes',
  fields: AccountCodeFields,
  description: 'An account of your books that the cost of work goes to.',
  scope: 'customer',
  history: true,
  label: ['id', 'name', 'code'],
  search: ['name', 'code', 'description'],
});

class CostCategoryFields {
  @Name({ description: 'What people call the category.', required: true, example: 'Permits' }) name!: string;
}

export const costCategories = defineRecord({
  name: 'cost_category',
  plural: 'cost_categories',
  fields: CostCategoryFields,
  description: 'What other costs are for, like permits or travel.',
  scope: 'customer',
  history: true,
});

class LaborCategoryFields {
  @Name({ description: 'What people call the category.', required: true, example: 'Travel time' }) name!: string;
}

export const laborCategories = defineRecord({
  name: 'labor_category',
  plural: 'labor_categories',
  fields: LaborCategoryFields,
  description: 'What time is spent on, like repair or travel.',
  scope: 'customer',
  history: true,
});

/** What accountants sort the cost of work by. */
export const accountingRecords = [accountCodes, costCategories, laborCategories];
