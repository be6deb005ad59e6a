import { defineErrors } from '#millwright/event-sourcing';

/** What is said of requests for work. */
export const requestErrors = defineErrors({
  errors: {
    REQUEST_CONVERTED: { status: 409, meaning: 'A work order was opened from the request already; `id` names it.' },
    RECORD_IN_USE: { status: 409, meaning: 'Something that is still open depends on the record; `id` names it.' },
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    requests: typeof requestErrors;
  }
}
