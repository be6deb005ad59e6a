import type { Row } from '#millwright/event-sourcing';
import type { Related } from '#millwright/fields';
import { rowsOf } from '#millwright/lists';
import { namedBy, referenceTarget } from '#millwright/resources';

const namingParts = namedBy('part', 'assets_ids');

/** The parts of an asset: those that name it, and what its own stream named in earlier releases as long as the part has not said otherwise. */
export async function partsOfAsset(row: Row, related: Related): Promise<readonly number[]> {
  const naming = await namingParts(row, related);
  const earlier = (row['parts_ids'] ?? []) as readonly number[];
  if (earlier.length === 0) return naming;
  const named = (await related.rowsIn('part', earlier)).filter((part) => part['owns_assets'] !== true).map(({ id }) => Number(id));
  return [...new Set([...naming, ...named])].sort((left, right) => left - right);
}

/** SQL of the same, by which lists filter, where `id` and `parts_ids` are the asset's. */
export const partsOfAssetSql = (): string =>
  `ARRAY(SELECT part_id FROM (SELECT id AS part_id, assets_ids AS naming, owns_assets AS owner FROM ${rowsOf(referenceTarget('part').view, 'part')}) part WHERE naming @> ARRAY[id] OR (part_id = ANY(parts_ids) AND owner IS NOT TRUE))`;
