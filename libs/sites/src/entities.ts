import { Rejection } from '#millwright/event-sourcing';
import { defineChoices, Flag, Name, OneOf, Reference, ShownText, Text } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';
import { Currency, currencyName, currencySymbol, TimeZone } from './currency-and-time-zone.js';

const techniciansSee = defineChoices('TechniciansSee', 'Which work orders of a site those see whose role is technician.', {
  assigned: 'Those that are assigned to them.',
  all: 'All of them.',
});

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
  @TimeZone({
    description:
      'Where its days begin and end: an IANA name, alone or as answers show it. A day of a report or a cost is a day of this zone.',
  })
  timezone?: string | null;
  @Currency({ description: 'What all its money is in: an ISO 4217 code. Fixed once a part or a cost exists.' }) currency?: string | null;
  @Text({ description: 'The portfolio that the site belongs to, as you group your sites.', example: 'Northern plants' }) portfolio?:
    string | null;
  @Flag({
    description: 'Whether an order can be completed only once every required item of its procedures is answered.',
    initial: false,
    example: false,
  })
  require_procedures?: boolean | null;
  @OneOf(techniciansSee, {
    description: 'Which work orders those see whose role is technician.',
    initial: 'assigned',
    example: 'assigned',
  })
  technicians_see?: string | null;
  @Reference('account_code', {
    label: ['id', 'name', 'code'],
    description: 'The account that its work is booked to where nothing else says one.',
  })
  account_code_id?: number | null;
}

class EntityFigures {
  @ShownText({ always: true, description: 'What the currency is called in English.', of: ({ currency }) => currencyName(String(currency)) })
  currency_name!: string;
  @ShownText({
    always: true,
    description: 'The sign of the currency; its code where it has none.',
    of: ({ currency }) => currencySymbol(String(currency)),
  })
  currency_symbol!: string;
}

/** Noted before the first amount of a site is recorded: its stream, where its currency is decided, settles which came first. */
export const currencyFixed = 'CurrencyFixed';

export const currencyInUse = (): Rejection =>
  new Rejection('CURRENCY_IN_USE', "The entity's currency is fixed, since a part or a cost exists.");

export const entities = defineRecord({
  name: 'entity',
  plural: 'entities',
  fields: EntityFields,
  shown: EntityFigures,
  description: 'A site. What it owns is seen by nobody at another site; it has one currency and one time zone.',
  notes: {
    update: { refusals: 'CURRENCY_IN_USE (another currency where a part or a cost exists)' },
    archive: {
      description:
        'It is read as before and takes no writes; its schedules raise nothing, and a timer that runs there can still be stopped.',
      refusals: 'CONFLICT (the last one), UNAVAILABLE (the others cannot be read right now)',
    },
  },
  scope: 'customer',
  administersSites: true,
  scopes: { writes: 'settings:manage' },
  history: true,
  rows: { site: 'id' },
  marks: [currencyFixed],
  rules: {
    change({ marks }, { currency }) {
      if (currency !== undefined && marks?.includes(currencyFixed)) throw currencyInUse();
    },
  },
  defaults: { datetime_format: 'MM/DD/YYYY - 11:59 PM', timezone: 'Etc/UTC', currency: 'USD' },
  search: ['name', 'description', 'address', 'portfolio'],
});
