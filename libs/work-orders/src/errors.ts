import { defineErrors } from '#millwright/event-sourcing';

/** What is said of work orders, their statuses and their parts. */
export const workOrderErrors = defineErrors({
  errors: {
    TIMER_RUNNING: {
      status: 409,
      meaning: 'A timer of this person runs already; `id` names the work order that it runs on, where whoever asks sees it.',
    },
    WORK_ORDER_CLOSED: { status: 409, meaning: 'The work order is completed or cancelled; reopen it first.' },
    PROCEDURE_ANSWERED: { status: 409, meaning: 'The procedure has answers, so that it cannot be taken off the work order.' },
    PROCEDURE_INCOMPLETE: { status: 409, meaning: "Required items of the work order's procedures are open, which the details name." },
  },
  details: {
    takes_no_answer: 'The item is a heading.',
    never_changes: 'The value is fixed once the record exists.',
    too_many_parts: 'A work order takes 1,500 parts at most.',
    event_too_large: 'The event that completes the work order cannot name so many parts.',
    ambiguous: 'Several records go by this name.',
    wrong_kind: 'The status is of another kind than this operation leads to.',
    contradicts: 'It says the same as another field, or the opposite; send one of them.',
    rate_missing: 'Nobody has said what an hour of that kind costs.',
    contradicts_status: 'A completion date stands beside a status that is not a completed one.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    workOrders: typeof workOrderErrors;
  }
}
