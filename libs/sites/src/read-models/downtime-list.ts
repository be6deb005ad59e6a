import { streamName } from '#millwright/event-sourcing';
import { viewOf, type ListDefinition } from '#millwright/lists';
import { downtimesOfAsset } from '../domain/downtimes.js';
import { downtime } from '../downtime.shown.js';
import { downtimesProjection, downtimeTable } from './downtimes.js';

/** GET /assets/{id}/downtimes. */
export const downtimeList: ListDefinition = {
  view: viewOf(downtimeTable),
  attributes: downtime.attributes,
  search: ['reason'],
  defaultSort: 'started_at desc',
  scope: 'entity',
  source: {
    projection: downtimesProjection.name,
    streamOf: ({ asset_id }) => streamName(downtimesOfAsset.category, Number(asset_id)),
  },
};
