import { defineErrors } from '#millwright/event-sourcing';

/** What is said of who asks too often, or for what the installation's tier does not have. */
export const limitErrors = defineErrors({
  errors: {
    TIER_FEATURE_LOCKED: { status: 403, meaning: 'The tier of this installation does not have this; `required_tier` has.' },
    RATE_LIMIT_EXCEEDED: { status: 429, meaning: 'Too many requests; Retry-After says when to come back.', retryAfterSeconds: 1 },
  },
  details: {
    enterprise_only: 'Only the tier enterprise has windows of its own.',
    too_many_operations: 'The GraphQL document or the batch has more operations than may be run at once.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    limits: typeof limitErrors;
  }
}
