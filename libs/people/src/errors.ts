import { defineErrors } from '#millwright/event-sourcing';

/** What is said of people. */
export const peopleErrors = defineErrors({
  details: { invalid_email: 'The text is no e-mail address.', not_a_language: 'A BCP 47 language tag is wanted.' },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    people: typeof peopleErrors;
  }
}
