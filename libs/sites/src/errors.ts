import { defineErrors } from '#millwright/event-sourcing';

/** What is said of sites, their money and their time. */
export const siteErrors = defineErrors({
  errors: {
    CURRENCY_IN_USE: { status: 409, meaning: "The entity's currency is fixed once a part or a cost exists." },
  },
  details: {
    not_a_currency: 'An ISO 4217 currency is wanted.',
    not_a_time_zone: 'An IANA time zone is wanted.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    sites: typeof siteErrors;
  }
}
