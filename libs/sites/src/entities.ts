import { defineRecord, Name, Text } from '#millwright/resources';
import { Currency, currencyName, currencySymbol, printedTimeZone, TimeZone } from './currency-and-time-zone.js';

class EntityFields {
  @Name({ required: true, example: 'Main Facility' }) name!: string;
  @Text({ max: 10_000, example: 'Primary manufacturing and distribution facility' }) description?: string | null;
  @Text({ max: 1000, example: '123 Example St' }) address?: string | null;
  @Text({ max: 50, example: 'MM/DD/YYYY - 11:59 PM' }) datetime_format?: string | null;
  @TimeZone() timezone?: string | null;
  @Currency() currency?: string | null;
}

const text = { type: 'string' };

/** A site: what it owns is seen by nobody at another site. */
export const entities = defineRecord({
  name: 'entity',
  plural: 'entities',
  fields: EntityFields,
  scope: 'customer',
  defaults: { datetime_format: 'MM/DD/YYYY - 11:59 PM', timezone: 'Etc/UTC', currency: 'USD' },
  computed: {
    timezone: { openApi: text, of: (row) => printedTimeZone(String(row['timezone'])) },
    currency_name: { openApi: text, graphql: () => String, of: (row) => currencyName(String(row['currency'])) },
    currency_symbol: { openApi: text, graphql: () => String, of: (row) => currencySymbol(String(row['currency'])) },
  },
  search: ['name', 'description', 'address'],
});
