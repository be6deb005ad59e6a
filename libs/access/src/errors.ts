import { defineErrors } from '#millwright/event-sourcing';

/** What is said of a request as such: that it cannot be read, who sends it, and whether it is the first of its key. */
export const accessErrors = defineErrors({
  errors: {
    MALFORMED_REQUEST: {
      status: 400,
      meaning: 'The request cannot be read: broken JSON, a repeated key, too deep a nesting, a malformed header.',
    },
    UNAUTHENTICATED: { status: 401, meaning: 'No valid API key or token was sent.' },
    INSUFFICIENT_PERMISSIONS: { status: 403, meaning: 'The credential may not do this.' },
    LAST_ADMINISTRATOR: { status: 409, meaning: 'Nobody active would be admin of all sites any more.' },
    IDEMPOTENCY_KEY_IN_USE: { status: 409, meaning: 'A request with this Idempotency-Key is still running.', retryAfterSeconds: 1 },
    IDEMPOTENCY_KEY_REUSED: { status: 422, meaning: 'This Idempotency-Key was used with a different request.' },
    COMPLETION_PENDING: {
      status: 503,
      meaning: 'The request was taken and is still being carried out; repeating it waits on and appends nothing.',
      retryAfterSeconds: 1,
    },
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    access: typeof accessErrors;
  }
}
