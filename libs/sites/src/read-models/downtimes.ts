import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { userIdOf } from '#millwright/access';
import { snakeCase } from '#millwright/fields';
import { rowsOf, viewOf } from '#millwright/lists';
import type { DowntimeDetails, DowntimeEvent } from '../domain/downtime.events.js';
import { downtimesOfAsset, type Downtime } from '../domain/downtimes.js';

export const downtimeTable: TableDefinition = {
  name: 'downtimes',
  columns: {
    id: 'bigint',
    asset_id: 'bigint',
    customer_id: 'bigint',
    entity_id: 'bigint',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    reason: 'text',
    work_order_id: 'bigint',
    planned: 'boolean',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    created_by_id: 'bigint',
    updated_by_id: 'bigint',
    position: 'numeric',
  },
  key: ['id'],
  indexes: [
    ['asset_id', 'started_at'],
    ['work_order_id', 'started_at'],
  ],
  history: { owner: 'entity_id', figures: ['asset_id', 'work_order_id', 'started_at', 'ended_at'] },
};

/** Which assets are down, and how far their downtimes have come: what a change of one is based on. */
const offlineTable: TableDefinition = {
  name: 'asset_downtimes',
  columns: { asset_id: 'bigint', open_downtime_id: 'bigint', revision: 'bigint' },
  key: ['asset_id'],
  history: {},
};

const offlineView = viewOf(offlineTable);

/** SQL of an asset's status, where `id` is the asset's; the table has no column of that name. */
export const assetStatusSql = (): string =>
  `CASE WHEN EXISTS (SELECT 1 FROM ${rowsOf(offlineView, 'offline')} WHERE offline.asset_id = id AND offline.open_downtime_id IS NOT NULL) THEN 'offline' ELSE 'online' END`;

/** SQL of the revision that the downtimes of an asset have. */
export const downtimeRevisionSql = (): string =>
  `(SELECT revision FROM ${rowsOf(offlineView, 'latest')} WHERE latest.asset_id = downtimes.asset_id)`;

/** The downtimes of assets, and which of the assets are down. */
export const downtimesProjection: Projection<DowntimeEvent> = {
  name: 'downtimes',
  version: 1,
  tables: [downtimeTable, offlineTable],
  categories: [downtimesOfAsset.category],
  keys: ({ stream, data }) => [
    [downtimeTable.name, { id: data.downtimeId }],
    [offlineTable.name, { asset_id: idOf(stream) }],
  ],
  apply(event, rows) {
    const { stream, revision, data } = event;
    const id = data.downtimeId;
    const asset_id = idOf(stream);
    const after = rowAfter(rows.get(downtimeTable.name, { id }), event);
    if (after) rows.put(downtimeTable.name, after);
    else rows.remove(downtimeTable.name, { id });
    const openBefore = rows.get(offlineTable.name, { asset_id })?.['open_downtime_id'] ?? null;
    const open = after && after['ended_at'] === null ? id : openBefore === id ? null : openBefore;
    rows.put(offlineTable.name, { asset_id, open_downtime_id: open, revision });
  },
};

function rowAfter(before: Readonly<Row> | undefined, event: RecordedEvent<DowntimeEvent>): Row | undefined {
  const { type, data, stream, metadata } = event;
  const touched = { updated_at: metadata.recorded_at, updated_by_id: userIdOf(metadata.actor), position: event.position.toString() };
  switch (type) {
    case 'DowntimeStarted': {
      const { downtimeId, ...details } = data;
      const { customer_id, entity_id, recorded_at: created_at, actor } = metadata;
      const made = { id: downtimeId, asset_id: idOf(stream), customer_id, entity_id, created_at, created_by_id: userIdOf(actor) };
      return { ...made, ...columnsOf(details), ...touched };
    }
    case 'DowntimeChanged':
      if (!before) throw new Error(`downtime ${data.downtimeId} was changed before it was recorded`);
      return { ...before, ...columnsOf(data.changes), ...touched };
    case 'DowntimeWithdrawn':
      return undefined;
  }
}

const columnsOf = (details: Partial<DowntimeDetails>): Row =>
  Object.fromEntries(Object.entries(details).map(([name, value]) => [snakeCase(name), value]));

/** A downtime from the decided state, as `read.downtimes` will have it, with the revision of its asset's downtimes. */
export function downtimeRow(assetId: number, id: number, { history, ...details }: Downtime, revision: number): Row {
  if (!history) throw new Error(`downtime ${id} has no recorded event`);
  const { customerId, entityId, created, updated } = history;
  return {
    id,
    asset_id: assetId,
    customer_id: customerId,
    entity_id: entityId,
    ...columnsOf(details),
    created_at: created.at,
    updated_at: updated.at,
    created_by_id: userIdOf(created.by),
    updated_by_id: userIdOf(updated.by),
    revision,
  };
}
