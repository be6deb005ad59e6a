import { defineErrors } from '#millwright/event-sourcing';

/** What is said of the question to a list. */
export const listErrors = defineErrors({
  details: {
    unknown_attribute: 'The list cannot be filtered or sorted by this; the message lists what is allowed.',
    unknown_matcher: 'The attribute has no such matcher; the message lists those it has.',
    invalid_filter: 'The filter cannot be read.',
    invalid_value: 'The value is none that the attribute can be compared with.',
    invalid_cursor: 'The cursor is none of this list.',
    not_applicable: 'The parameter has no meaning here.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    lists: typeof listErrors;
  }
}
