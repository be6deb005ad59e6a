import { absolute, showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import type { PartTransactionEvent } from './part.events.js';
import type { CostingFacts } from './part-transactions.js';
import { averageOf, shelfAfter, shelfBefore } from './valuation.js';

/**
 * Why the average is what it is after this movement, in a sentence or two with the figures that lead to it.
 * `facts` are those after the event.
 */
export function explain(event: PartTransactionEvent, facts: CostingFacts): string {
  if (facts.isNonStock) return explainNonStock(event);
  const before = shelfBefore(event.data);
  const after = shelfAfter(event.data);
  const average = showValue(averageOf(after, toValue(facts.lastAverage)));
  const result =
    after.quantity === 0n
      ? `The shelf is empty; its last average, ${average}, is kept.`
      : `${showValue(after.value)} for ${showQuantity(after.quantity)} on hand makes an average of ${average}.`;
  const start = before.quantity === 0n ? 'an empty shelf' : `${showQuantity(before.quantity)} on hand worth ${showValue(before.value)}`;
  return `${happened(event, start)} ${result}`;
}

const unsigned = (decimal: Decimal): Decimal => (decimal.startsWith('-') ? decimal.slice(1) : decimal);

function happened(event: PartTransactionEvent, start: string): string {
  const quantity = unsigned(event.data.quantity);
  const value = unsigned(event.data.value);
  switch (event.type) {
    case 'PartOpeningStockRecorded':
      return `The part started with ${quantity} at ${event.data.unitCost} each, worth ${value}.`;
    case 'PartRestocked':
      return `${quantity} at ${event.data.unitCost} each brought ${value} to ${start}.`;
    case 'PartReconciled':
      return toQuantity(event.data.quantity) < 0n
        ? `A count found ${quantity} missing; at the average they took ${value} from ${start}.`
        : `A count found ${quantity} more; at the average they brought ${value} to ${start}.`;
    case 'PartUnitCostSet':
      return `The list price became ${event.data.cost}; the stock and its value stayed ${start}.`;
    case 'PartAverageCostSet':
      return `The average was set to ${event.data.cost}, which changed the value by ${event.data.value} from ${start}.`;
    case 'PartIssued':
      return `Work order ${event.data.workOrderId} used ${quantity}; at the average they took ${value} from ${start}.`;
    case 'PartReturned':
      return `Work order ${event.data.workOrderId} gave back ${quantity} at its own charge, which brought ${value} to ${start}.`;
    case 'PartMovementReversed':
      return (
        `Receipt ${event.data.reversedTransactionId} was taken back: ${quantity} left at the average, which took ${value} from ${start}; ` +
        `the receipt had brought ${event.data.receiptValue}.`
      );
  }
}

function explainNonStock({ type, data }: PartTransactionEvent): string {
  switch (type) {
    case 'PartIssued':
      return `Work order ${data.workOrderId} used ${unsigned(data.quantity)} and was charged ${data.charge}; a non-stock part has no average.`;
    case 'PartReturned':
      return `Work order ${data.workOrderId} gave back ${unsigned(data.quantity)} and was credited ${showValue(absolute(toValue(data.charge)))}; a non-stock part has no average.`;
    case 'PartUnitCostSet':
      return `The list price became ${data.cost}; a non-stock part has no average.`;
    case 'PartOpeningStockRecorded':
    case 'PartRestocked':
    case 'PartReconciled':
    case 'PartAverageCostSet':
    case 'PartMovementReversed':
      // A non-stock part refuses all of these, so there is nothing to tell.
      return 'A non-stock part has no average.';
  }
}
