import { defineErrors } from '#millwright/event-sourcing';

/** What is said of people. */
export const peopleErrors = defineErrors({
  details: {
    invalid_email: 'The text is no e-mail address.',
    not_a_language: 'A BCP 47 language tag is wanted.',
    names_person:
      'The text stays, and has an address, a number or the name (with initials or without) of the person who is to be forgotten; or, from who may not see how people are reached, any address or telephone number.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    people: typeof peopleErrors;
  }
}
