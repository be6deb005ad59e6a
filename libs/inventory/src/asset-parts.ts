import { relationReaction, type Relation } from '#millwright/resources';
import { assets } from '#millwright/sites';
import { assetsOf, linkAsset } from './domain/part-assets.js';
import type { PartEvent } from './domain/part.events.js';
import { part } from './domain/part.js';
import type { Part } from './domain/part.state.js';

/** Assets and the parts that they are repaired with: kept by the parts. Until parts did, assets named some on their own streams: both count. */
export const assetParts: Relation<Part, PartEvent> = {
  name: 'asset-parts',
  side: assets,
  column: 'parts_ids',
  owner: { kind: 'part', stream: part, column: 'assets_ids' },
  pairIn(owner, id, { values }, partId) {
    const named = !owner.ownsAssets && ((values['parts_ids'] ?? []) as readonly number[]).includes(partId);
    return { linked: named || assetsOf(owner).includes(id), heard: owner.heardAssets[id] ?? -1 };
  },
  link: (owner, { id, revision, wanted }) => linkAsset(owner, { assetId: id, assetRevision: revision, wanted }),
};

export const assetPartsReaction = relationReaction(assetParts);
