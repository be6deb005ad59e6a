import type { Row } from '#millwright/event-sourcing';
import type { Related } from '#millwright/fields';
import { rowsOf } from '#millwright/lists';
import { namedBy, referenceTarget } from '#millwright/resources';

// Until parts kept the relation, assets named parts on their own streams: those pairs count as long as the part has not said otherwise.

const namedByAssets = namedBy('asset', 'parts_ids');

/** The assets that a part is for. */
export async function assetsOfPart(row: Row, related: Related): Promise<readonly number[]> {
  const own = (row['assets_ids'] ?? []) as readonly number[];
  return [...new Set([...own, ...(await namedByAssets(row, related))])].sort((left, right) => left - right);
}

/** SQL of the same, by which lists filter, where `id`, `assets_ids` and `owns_assets` are the part's. */
export const assetsOfPartSql = (): string =>
  `CASE WHEN owns_assets THEN assets_ids ELSE assets_ids || ARRAY(SELECT asset_id FROM (SELECT id AS asset_id, parts_ids AS named FROM ${rowsOf(referenceTarget('asset').view, 'asset')}) asset WHERE named @> ARRAY[id]) END`;
