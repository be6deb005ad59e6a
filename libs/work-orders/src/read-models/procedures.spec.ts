import type { Row, Rows } from '#millwright/event-sourcing';
import { recordedAs } from '#millwright/event-sourcing/testing';
import type { AnsweredItem } from '../domain/procedures.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrder } from '../domain/work-order.js';
import { answered, copyOf, following, item } from '../testing/procedures.js';
import * as steps from '../testing/work-orders.js';
import { procedureAnswerTable, procedureRows, procedureTable } from './procedures.js';

const asked = Array.from({ length: 20 }, (_, index) => item(index + 1, 'text'));
const long = asked.map(({ id }) => ({ item_id: id, value: `${id} `.padEnd(9_000, 'x') }));
const history = [
  steps.opened,
  following(copyOf(1, ...asked)),
  answered(71, ...long),
  answered(71, { item_id: 3, value: null }),
  answered(71, { item_id: 3, value: 'again' }, { item_id: 4, value: 'other' }),
];

/** Tables in memory, and all that is put into them: each is a version that is kept for ever. */
class Tables implements Rows {
  readonly puts: Row[] = [];
  private readonly rows = new Map<string, Row>();

  get = (table: string, key: Row): Row | undefined => this.rows.get(addressOf(table, key));
  remove = (table: string, key: Row): void => void this.rows.delete(addressOf(table, key));
  add = (): never => {
    throw new Error('procedures and answers are put');
  };

  put = (table: string, row: Row): void => {
    const stored = JSON.parse(JSON.stringify(row)) as Row;
    this.rows.set(addressOf(table, stored), stored);
    this.puts.push(stored);
  };

  /** As readers see them. */
  procedure(id: number): Row | undefined {
    const row = this.get(procedureTable.name, { id });
    const items = (row?.['items'] ?? []) as readonly AnsweredItem[];
    const answerOf = (itemId: number) => this.get(procedureAnswerTable.name, { procedure_id: id, item_id: itemId })?.['answer'];
    return row && { ...row, items: items.map((one) => ({ ...one, ...(answerOf(one.id) as object | undefined) })) };
  }
}

const addressOf = (table: string, row: Row): string => [table, row['id'], row['procedure_id'], row['item_id']].join(' ');

function recorded() {
  let state = workOrder.initialState;
  const taken = history.flatMap((step) => {
    const events = step(state);
    state = events.reduce((order: typeof state, event) => workOrder.evolve(order, event), state);
    return events;
  });
  return recordedAs<WorkOrderEvent>('workOrder-7', taken);
}

describe('the rows of a procedure', () => {
  it('say after every event what the order decides by', () => {
    const tables = new Tables();
    let state = workOrder.initialState;
    for (const event of recorded()) {
      procedureRows.apply(event, tables);
      state = workOrder.evolve(state, event);
      const content = state.procedureContents.get(71);
      const decided = content && { items: content.items, completed_at: state.procedures.get(71)?.completedAt ?? null };
      const { items, completed_at } = tables.procedure(71) ?? {};
      expect(tables.procedure(71) && { items, completed_at }).toEqual(decided);
    }
    expect(state.procedures.get(71)?.completedAt).not.toBeNull();
  });

  it('have versions that repeat no other answer, however many are given at once', () => {
    const tables = new Tables();
    for (const event of recorded()) procedureRows.apply(event, tables);
    const said = JSON.stringify(long).length;
    expect(JSON.stringify(tables.puts).length).toBeLessThan(1.2 * said);
    expect(tables.puts.length).toBeGreaterThan(long.length);
  });

  it('announce all that they ask for', () => {
    const announced = recorded().flatMap((event) => procedureRows.keys(event).map(([table, key]) => addressOf(table, key as Row)));
    const tables = new Tables();
    for (const event of recorded()) procedureRows.apply(event, tables);
    const one = procedureTable.name;
    expect(new Set(announced)).toEqual(new Set(tables.puts.map((row) => addressOf('items' in row ? one : procedureAnswerTable.name, row))));
  });
});
