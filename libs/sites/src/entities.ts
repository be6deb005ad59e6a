import { defineRecord, Name, Text } from '#millwright/resources';
import { Currency, currencyName, currencySymbol, printedTimeZone, TimeZone } from './currency-and-time-zone.js';

class EntityFields {
  @Name({ description: 'What people call the site.', required: true, example: 'Main Facility' }) name!: string;
  @Text({
    description: 'What the site is, up to 10,000 characters.',
    max: 10_000,
    example: 'Primary manufacturing and distribution facility',
  })
  description?: string | null;
  @Text({ description: 'Where the site is.', max: 1000, example: '123 Example St' }) address?: string | null;
  @Text({
    description: 'How clients are to write dates and times of the site; the API itself always writes RFC 3339.',
    max: 50,
    example: 'MM/DD/YYYY - 11:59 PM',
  })
  datetime_format?: string | null;
  @TimeZone({ description: 'Where its days begin and end: an IANA name. A day of a report or a cost is a day of this zone.' }) timezone?:
    string | null;
  @Currency({ description: 'What all its money is in: an ISO 4217 code. Fixed once a part or a cost exists.' }) currency?: string | null;
}

const text = { type: 'string' };

export const entities = defineRecord({
  name: 'entity',
  plural: 'entities',
  fields: EntityFields,
  description: 'A site. What it owns is seen by nobody at another site; it has one currency and one time zone.',
  refusals: {
    update: 'CURRENCY_IN_USE (another currency where a part or a cost exists)',
    archive: 'CONFLICT (the last one), UNAVAILABLE (the others cannot be read right now)',
  },
  scope: 'customer',
  history: true,
  defaults: { datetime_format: 'MM/DD/YYYY - 11:59 PM', timezone: 'Etc/UTC', currency: 'USD' },
  computed: {
    timezone: { openApi: text, of: (row) => printedTimeZone(String(row['timezone'])) },
    currency_name: {
      description: 'What the currency is called in English.',
      openApi: text,
      graphql: () => String,
      of: (row) => currencyName(String(row['currency'])),
    },
    currency_symbol: {
      description: 'The sign of the currency; its code where it has none.',
      openApi: text,
      graphql: () => String,
      of: (row) => currencySymbol(String(row['currency'])),
    },
  },
  search: ['name', 'description', 'address'],
});
