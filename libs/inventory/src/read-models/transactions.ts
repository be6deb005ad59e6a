import { idOf, type Projection, type TableDefinition } from '#millwright/event-sourcing';
import { roundToCurrency, showValue, toValue } from '#millwright/quantities';
import { explain } from '../domain/explanation.js';
import type { PartEvent } from '../domain/part.events.js';
import { part } from '../domain/part.js';
import { costingFactsAfter, isPartTransaction, noCostingFacts, partTransactionOf, type CostingFacts } from '../domain/part-transactions.js';
import { userIdOf } from '#millwright/access';

/** Every movement of stock and change of price, as the event froze it, with the running figures after it. Money is of the part's currency. */
export const transactionTable: TableDefinition = {
  name: 'part_transactions',
  columns: {
    id: 'bigint',
    part_id: 'bigint',
    entity_id: 'bigint',
    type: 'text',
    quantity: 'numeric',
    /** Exact, by its effect on the shelf. */
    value: 'numeric',
    cost: 'numeric',
    total_cost: 'numeric',
    on_hand_qty: 'numeric',
    /** Exact, and as finance sees it. */
    stock_value: 'numeric',
    stock_value_posted: 'numeric',
    avg_unit_cost: 'numeric',
    work_order_id: 'bigint',
    work_order_charge: 'numeric',
    note: 'text',
    reversed_transaction_id: 'bigint',
    explanation: 'text',
    position: 'numeric',
    revision: 'bigint',
    event_id: 'uuid',
    event_type: 'text',
    actor_kind: 'text',
    actor_id: 'text',
    effective_at: 'text',
    created_at: 'timestamptz',
    created_by_id: 'bigint',
  },
  key: ['id'],
  indexes: [['part_id', 'position'], ['part_id', 'created_at', 'position'], ['work_order_id']],
  appendOnly: true,
};

const factsTable: TableDefinition = {
  name: 'part_costing_facts',
  columns: { part_id: 'bigint', currency: 'text', is_non_stock: 'boolean', last_average: 'numeric' },
  key: ['part_id'],
};

type FactsRow = { currency: string; is_non_stock: boolean; last_average: string };

const posted = (value: string, currency: string): string => showValue(roundToCurrency(toValue(value), currency));

/** The transactions of every part: what finance and auditors read to see why the average is what it is. */
export const partTransactionsProjection: Projection<PartEvent> = {
  name: 'part-transactions',
  version: 1,
  tables: [transactionTable, factsTable],
  categories: [part.category],
  keys: (event) => [[factsTable.name, { part_id: idOf(event.stream) }]],
  apply(event, rows) {
    const part_id = idOf(event.stream);
    const row = rows.get(factsTable.name, { part_id }) as FactsRow | undefined;
    const before: CostingFacts = row
      ? { currency: row.currency, isNonStock: row.is_non_stock, lastAverage: row.last_average }
      : noCostingFacts;
    const facts = costingFactsAfter(before, event);
    if (facts !== before)
      rows.put(factsTable.name, { part_id, currency: facts.currency, is_non_stock: facts.isNonStock, last_average: facts.lastAverage });
    if (!isPartTransaction(event)) return;

    const transaction = partTransactionOf(event, facts);
    const { metadata } = event;
    rows.add(transactionTable.name, {
      id: transaction.transactionId,
      part_id,
      entity_id: metadata.entity_id,
      type: transaction.type,
      quantity: transaction.quantity,
      value: event.data.value,
      cost: transaction.cost,
      total_cost: transaction.totalCost,
      on_hand_qty: transaction.onHand,
      stock_value: transaction.stockValue,
      stock_value_posted: transaction.stockValue === null ? null : posted(transaction.stockValue, facts.currency),
      avg_unit_cost: transaction.averageUnitCost,
      work_order_id: transaction.workOrderId,
      work_order_charge: transaction.workOrderCharge,
      note: transaction.note,
      reversed_transaction_id: transaction.reversedTransactionId,
      explanation: explain(event, facts),
      position: event.position.toString(),
      revision: event.revision,
      event_id: event.id,
      event_type: event.type,
      actor_kind: metadata.actor.kind,
      actor_id: metadata.actor.id,
      effective_at: metadata.effective_at,
      created_at: metadata.recorded_at,
      created_by_id: userIdOf(metadata.actor),
    });
  },
};
