import { restrictionBy } from '#millwright/access';
import { shownField, ShownInteger, type BulkRead } from '#millwright/fields';
import { rowsOf, seenIdSql, statementAsOf, viewOf, type View } from '#millwright/lists';
import { defineShownType, referenceTarget } from '#millwright/resources';
import { procedureTable, workOrderTable } from '#millwright/work-orders';

class AssignmentCountFields {
  @ShownInteger({ description: 'Work orders that are neither archived nor cancelled.', always: true }) work_orders!: number;
  @ShownInteger({ description: 'Schedules that are neither archived nor finished.', always: true }) pm_schedules!: number;
}

export const assignmentCount = defineShownType('AssignmentCount', AssignmentCountFields, 'What follows a procedure template.');

const [orders, procedures] = [viewOf(workOrderTable), viewOf(procedureTable)];

/** What schedules show; their fields need this file, so the table is named and not imported. */
const schedules: View = {
  from: 'read.pm_schedules',
  columns: { procedure_template_ids: 'bigint[]', status: 'text', archived: 'boolean' },
  history: { versions: 'read.pm_schedules_history' },
};

/** Orders are counted for who sees them (contract, part 4, S18). */
function ofSeenOrders(): string {
  const target = referenceTarget('work_order');
  return restrictionBy(target.rows) ? ` AND EXISTS (${seenIdSql(target, 'orders.id')})` : '';
}

/** How many live orders and schedules follow each of some templates (S56). */
const assignmentCounts: BulkRead<number, object> = {
  async read(templateIds, database) {
    const found = await database.query<{ id: string; work_orders: string }[]>(
      ...statementAsOf(
        `SELECT procedures.procedure_template_id AS id, count(*) AS work_orders FROM ${rowsOf(procedures, 'procedures')} JOIN ${rowsOf(orders, 'orders')} ON orders.id = procedures.work_order_id WHERE procedures.procedure_template_id = ANY($1) AND NOT orders.archived AND orders.status_kind <> 'cancelled'${ofSeenOrders()} GROUP BY 1`,
        [[...templateIds]],
      ),
    );
    const counts = new Map(found.map(({ id, work_orders }) => [Number(id), Number(work_orders)]));
    const planned = await database.query<{ id: string; pm_schedules: string }[]>(
      ...statementAsOf(
        `SELECT sought.id, count(*) AS pm_schedules FROM unnest($1::bigint[]) sought(id) JOIN ${rowsOf(schedules, 'schedules')} ON sought.id = ANY(schedules.procedure_template_ids) WHERE NOT schedules.archived AND schedules.status <> 'finished' GROUP BY 1`,
        [[...templateIds]],
      ),
    );
    const plans = new Map(planned.map(({ id, pm_schedules }) => [Number(id), Number(pm_schedules)]));
    return templateIds.map((id) => ({ work_orders: counts.get(id) ?? 0, pm_schedules: plans.get(id) ?? 0 }));
  },
};

/** How many follow a template, over both edges. */
export const ShownAssignmentCount = (): PropertyDecorator =>
  shownField(
    { column: 'jsonb', check: () => undefined, graphql: () => assignmentCount.type, openApi: { type: () => assignmentCount.type } },
    {
      description: 'How many live work orders and schedules follow it.',
      always: true,
      of: ({ id }, related) => related.load(assignmentCounts, Number(id)),
    },
  );
