import { linkRecord, pairIn, relationReaction, type RecordEvent, type RecordState, type Relation } from '#millwright/resources';
import { assets } from '#millwright/sites';
import { vendors } from './vendors.js';

/** Vendors and the assets that they work on: kept by the assets. */
export const vendorAssets: Relation<RecordState, RecordEvent> = {
  name: 'vendor-assets',
  side: vendors,
  column: 'assets_ids',
  owner: { kind: assets.name, stream: assets.stream, column: 'vendors_ids' },
  demands: 'active',
  pairIn: (asset, vendorId) => pairIn(asset, 'vendors_ids', vendorId),
  link: (asset, link) => linkRecord(assets.typeName, vendors.typeName, asset, link),
};

export const vendorAssetsReaction = relationReaction(vendorAssets);
