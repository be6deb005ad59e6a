import { defineErrors } from '#millwright/event-sourcing';

/** What is said of procedure templates and schedules. */
export const planningErrors = defineErrors({
  details: { not_for_item_type: 'Items of this type have no such option.' },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    planning: typeof planningErrors;
  }
}
