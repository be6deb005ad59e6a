import type { Row } from '#millwright/event-sourcing';
import { defineChoices, ShownId, ShownInstant, ShownOneOf, type BulkRead, type Related } from '#millwright/fields';
import { readRow, rowsOf, selectList, statementAsOf, viewOf } from '#millwright/lists';
import { defineShownType } from '#millwright/resources';
import { downtimeTable } from '#millwright/sites';

const states = defineChoices('DowntimeState', 'Whether a downtime has ended.', {
  online: 'It has ended: the asset ran again.',
  offline: 'The asset is still down.',
});

class DowntimeTrackingFields {
  @ShownId() id!: number;
  @ShownInstant({ description: 'When the asset went down.', always: true }) started_at!: string;
  @ShownInstant({ description: 'When it ran again; null while it is down.' }) ended_at!: string | null;
  @ShownOneOf(states, {
    description: 'Whether it has ended.',
    always: true,
    of: ({ ended_at }) => (ended_at === null ? 'offline' : 'online'),
  })
  status!: string;
}

/** What an order shows of the latest downtime that names it. */
export const downtimeTracking = defineShownType('DowntimeTracking', DowntimeTrackingFields, 'The latest downtime that names a work order.');

const downtimes = viewOf(downtimeTable);

/** Of a page of orders in one statement. */
export const latestDowntimes: BulkRead<number, Row | undefined> = {
  shared: true,
  async read(workOrderIds, database) {
    const found = await database.query<Record<string, unknown>[]>(
      ...statementAsOf(
        `SELECT DISTINCT ON (work_order_id) ${selectList(downtimes)} FROM ${rowsOf(downtimes)} WHERE work_order_id = ANY($1) ORDER BY work_order_id, started_at DESC, id DESC`,
        [[...workOrderIds]],
      ),
    );
    const rows = new Map(found.map((raw) => [Number(raw['work_order_id']), readRow(downtimes, raw)]));
    return workOrderIds.map((id) => rows.get(id));
  },
};

/** The latest downtime that names an order, as REST shows it; null where none does. */
export async function printedDowntime({ id }: Row, related: Related): Promise<object | null> {
  const row = await related.load(latestDowntimes, Number(id));
  return row ? downtimeTracking.print(row, related) : null;
}
