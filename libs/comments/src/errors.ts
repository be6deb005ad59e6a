import { defineErrors } from '#millwright/event-sourcing';

/** What is said of comments. */
export const commentErrors = defineErrors({
  details: { one_record_only: 'A comment is about one record; more than one is named.' },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    comments: typeof commentErrors;
  }
}
