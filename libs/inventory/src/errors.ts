import { defineErrors } from '#millwright/event-sourcing';

/** What is said of parts and their stock. */
export const inventoryErrors = defineErrors({
  errors: {
    INSUFFICIENT_STOCK: { status: 409, meaning: 'More is wanted than is available or on hand; nothing was moved.' },
    ALREADY_REVERSED: { status: 409, meaning: 'It was reversed before; the reversal that there is stands.' },
    PART_IN_USE: { status: 409, meaning: 'The part still has stock, a reservation or a completion running.' },
    NON_STOCK_PART: { status: 422, meaning: 'A non-stock part has no stock ledger.' },
    VALUE_OUT_OF_RANGE: { status: 422, meaning: 'The stock value or charge would pass its limit.' },
  },
  details: {
    use_operation: 'The value moves through an operation of its own, which the message names.',
    insufficient_stock: 'More is wanted than is available.',
    value_out_of_range: 'A stock value or charge would pass its limit.',
    conflict: 'The part is archived.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    inventory: typeof inventoryErrors;
  }
}
