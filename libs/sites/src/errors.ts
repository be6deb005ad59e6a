import { defineErrors } from '#millwright/event-sourcing';

/** What is said of sites, their money and their time, and of what stands there. */
export const siteErrors = defineErrors({
  errors: {
    CURRENCY_IN_USE: { status: 409, meaning: "The entity's currency is fixed once a part or a cost exists." },
    ASSET_OFFLINE: { status: 409, meaning: 'The asset is down already; `id` names the downtime that has not ended.' },
  },
  details: {
    not_a_currency: 'An ISO 4217 currency is wanted.',
    not_a_time_zone: 'An IANA time zone is wanted.',
    overlaps: 'It would overlap another one of the same asset.',
    not_after_start: 'The end must lie after the start.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    sites: typeof siteErrors;
  }
}
