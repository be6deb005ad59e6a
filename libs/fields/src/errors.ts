import { defineErrors } from '#millwright/event-sourcing';

/** What is said of a field by itself. */
export const fieldErrors = defineErrors({
  details: {
    required: 'The field must be given, and not be empty.',
    unknown_field: 'There is no such field here.',
    not_available_yet: 'The field comes with a later version; leave it out, or null or empty.',
    not_text: 'Text is wanted.',
    invalid_text: 'The text contains NUL or an unpaired surrogate.',
    too_long: 'The text, or a GraphQL document, has too many characters, or a record says more than one entry of the history holds.',
    invalid_url: 'The text is no web address.',
    not_an_integer: 'A whole number is wanted.',
    not_a_number: 'A decimal number is wanted, as a number or as text like "12.50".',
    too_many_digits: 'The number has more than 15 significant digits.',
    too_many_decimals: 'The number has more decimals than the field or the currency allows; nothing is rounded.',
    out_of_range: 'The number or date is beyond the limits that the message names.',
    not_a_boolean: 'true or false is wanted.',
    invalid_date: 'A calendar date, or an instant with an offset (ISO 8601, to the minute or finer), is wanted.',
    not_whole_seconds: 'The instant has a fraction of a second.',
    not_a_choice: 'The value is none of those that the message lists.',
    not_an_id: 'A positive whole number is wanted.',
    not_a_list: 'A list is wanted.',
    not_an_object: 'An object is wanted.',
    too_many: 'The list has too many entries, or more in them than one entry of the history holds.',
    too_few: 'The list has too few entries.',
    invalid: 'The value is not valid.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    fields: typeof fieldErrors;
  }
}
