import type { Row } from '#millwright/event-sourcing';
import { ShownId, ShownInteger, ShownText, type BulkRead, type Related } from '#millwright/fields';
import { ancestryOf, defineShownType, type Ancestry } from '#millwright/resources';
import { assets, locations } from '#millwright/sites';

class HierarchyStepFields {
  @ShownId() id!: number;
  @ShownText({ description: 'What people call it.', always: true }) name!: string;
  @ShownInteger({ description: 'How deep it lies: 1 is the root.', always: true }) level!: number;
}

/** A step of the way from the root of the assets or locations of today down to a work order's (S43). */
export const hierarchyStep = defineShownType('HierarchyStep', HierarchyStepFields, 'An asset or a location on the way from the root down.');

const wayTo = async (ways: BulkRead<number, Ancestry>, id: unknown, related: Related): Promise<Row[]> =>
  id == null ? [] : (await related.load(ways, Number(id))).map(({ id: at, name }, index) => ({ id: at, name, level: index + 1 }));

/** From the root down to the order's asset. */
export const assetPath = ({ asset_id }: Row, related: Related): Promise<Row[]> => wayTo(ancestryOf(assets), asset_id, related);

/** From the root down to the order's location, else to that of its asset. */
export const locationPath = async (row: Row, related: Related): Promise<Row[]> =>
  wayTo(ancestryOf(locations), await locationOf(row, related), related);

/** The order's location, else that of its asset; null where there is none. */
export async function locationOf({ location_id, asset_id }: Row, related: Related): Promise<unknown> {
  if (location_id != null) return location_id;
  const asset = (await related.label('asset', asset_id, ['location_id'])) as Row | null;
  return asset?.['location_id'] ?? null;
}
