import { defineErrors } from '#millwright/event-sourcing';

/** What the HTTP edge says before a room is asked. */
export const httpErrors = defineErrors({
  errors: {
    METHOD_NOT_ALLOWED: { status: 405, meaning: 'The path exists, the method does not; Allow lists those that do.' },
    PAYLOAD_TOO_LARGE: { status: 413, meaning: 'The body is larger than 1 MB (5 MB for bulk operations) or holds too many values.' },
    UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'Bodies are application/json in UTF-8.' },
    EXPECTATION_FAILED: { status: 417, meaning: 'The header Expect asks for something else than 100-continue.' },
    INTERNAL: { status: 500, meaning: 'A fault of ours; the log holds the details under request_id.' },
  },
  details: {
    not_one_of: 'The method cannot be used in a batch.',
    not_true: 'Only true is taken.',
    not_in_a_batch: 'The path cannot be used in a batch.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    http: typeof httpErrors;
  }
}
