import { defineErrors } from '#millwright/event-sourcing';

/** What is said of people. */
export const peopleErrors = defineErrors({
  details: { invalid_email: 'The text is no e-mail address.' },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    people: typeof peopleErrors;
  }
}
