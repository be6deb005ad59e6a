import { allKnown, type Row } from '#millwright/event-sourcing';
import { defineField, ShownId, ShownInstant, ShownReference, ShownText, type BulkRead, type Class } from '#millwright/fields';
import { readRow, rowsOf, selectList, statementAsOf } from '#millwright/lists';
import { defineShownType } from '#millwright/resources';
import { procedureView } from '../read-models/procedures.js';
import { procedureItem, shownItems } from './procedure-item.shown.js';

const ShownItems = (): PropertyDecorator => (target, property) =>
  defineField(target.constructor as Class, {
    name: String(property),
    description: 'What it asks, in its order, and what was answered.',
    printed: {
      name: String(property),
      openApi: { type: () => procedureItem.type, isArray: true },
      print: (row, related) => allKnown(shownItems(row).map((item) => procedureItem.print(item, related))),
    },
    output: { name: String(property), type: () => [procedureItem.type], nullable: false, resolve: shownItems },
  });

class ProcedureFields {
  @ShownId() id!: number;
  @ShownReference('work_order', { description: 'The work order that follows it.', always: true, filtered: false }) work_order_id!: number;
  @ShownText({ description: 'What its template was called when it was copied.', always: true }) name!: string;
  @ShownText({ description: 'What its template said that it is for.' }) description!: string | null;
  @ShownReference('procedure_template', { description: 'The template that it was copied from.', always: true })
  procedure_template_id!: number;
  @ShownInstant({ description: 'When nothing of it was open any more; null while something is.' }) completed_at!: string | null;
  @ShownItems() items!: object[];
}

export const procedure = defineShownType(
  'Procedure',
  ProcedureFields,
  'What a work order has to go through: a copy of a template, with its answers.',
);

/** The procedures of a page of orders in one statement. */
export const proceduresOfOrders: BulkRead<number, readonly Row[]> = {
  async read(workOrderIds, database) {
    const found = await database.query<Record<string, unknown>[]>(
      ...statementAsOf(`SELECT ${selectList(procedureView)} FROM ${rowsOf(procedureView)} WHERE work_order_id = ANY($1) ORDER BY id`, [
        [...workOrderIds],
      ]),
    );
    const rows = new Map(workOrderIds.map((id): [number, Row[]] => [id, []]));
    for (const row of found.map((raw) => readRow(procedureView, raw))) rows.get(Number(row['work_order_id']))?.push(row);
    return workOrderIds.map((id) => rows.get(id) ?? []);
  },
};
