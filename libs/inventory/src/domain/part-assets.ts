import type { PartEvent } from './part.events.js';
import type { Part } from './part.state.js';

/** The assets that the part's own stream names. */
export const assetsOf = ({ details }: Part): readonly number[] => (details['assetsIds'] ?? []) as readonly number[];

/** What an asset says of the part, in which of its events. */
export type LinkAsset = Readonly<{ assetId: number; assetRevision: number; wanted: boolean }>;

/**
 * Takes up what an asset says, also where it is so already: the event carries the fence. What is not newer than what was heard is overtaken. It refuses
 * nothing, since the asset's event is on record: a part that was archived meanwhile is linked all the same.
 */
export function linkAsset(part: Part, { assetId, assetRevision, wanted }: LinkAsset): PartEvent[] {
  if ((part.heardAssets[assetId] ?? -1) >= assetRevision) return [];
  return [{ type: wanted ? 'PartAssetLinked' : 'PartAssetUnlinked', data: { assetId, assetRevision } }];
}

/** The part after it has heard an asset. */
export const heard = (
  part: Part,
  { assetId, assetRevision }: Readonly<{ assetId: number; assetRevision: number }>,
  assetsIds: readonly number[],
): Part => ({
  ...part,
  details: { ...part.details, assetsIds },
  heardAssets: { ...part.heardAssets, [assetId]: assetRevision },
});
