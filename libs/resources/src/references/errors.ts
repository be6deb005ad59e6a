import { defineErrors } from '#millwright/event-sourcing';

/** What is said of records that refer to each other, and of what they are known by outside. */
export const referenceErrors = defineErrors({
  errors: {
    ALREADY_ERASED: { status: 409, meaning: 'What was personal of the record has gone for good already.' },
    DUPLICATE_REFERENCE: { status: 409, meaning: 'Another record holds this external_reference; `id` names it to whoever sees it.' },
  },
  details: {
    not_found: 'There is no such record, or it belongs to someone else.',
    archived: 'The record is archived and cannot be referred to anew.',
    not_assignable: 'The record is not active, or cannot be assigned to work, and cannot be named anew.',
    too_deep: 'The record, or what hangs below it, would lie more than 50 levels deep; or the GraphQL document nests too deeply.',
    cycle: 'A record cannot lie below itself.',
    not_unique: 'Another record has this value.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    references: typeof referenceErrors;
  }
}
