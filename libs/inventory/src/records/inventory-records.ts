import { Name, Reference, Text } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';

class PartTypeFields {
  @Name({ description: 'What people call the type.', required: true, example: 'Filters' }) name!: string;
}

export const partTypes = defineRecord({
  name: 'part_type',
  plural: 'part_types',
  fields: PartTypeFields,
  description: 'A kind of part, like filters; a part is of one at most.',
  scope: 'customer',
  history: true,
});

class StoreroomFields {
  @Name({ description: 'What people call the storeroom.', required: true, example: 'Main Warehouse' }) name!: string;
  @Text({ description: 'What it is for, up to 10,000 characters.', max: 10_000 }) description?: string | null;
  @Reference('location', { description: 'The location where it is.' }) location_id?: number | null;
}

export const storerooms = defineRecord({
  name: 'storeroom',
  plural: 'storerooms',
  fields: StoreroomFields,
  description: 'Where parts are kept.',
  scope: 'entity',
  history: true,
  search: ['name', 'description'],
});

class MeasurementUnitFields {
  @Name({ description: 'The unit in full, like litre.', required: true, example: 'Item' }) name!: string;
  @Name({ description: 'The unit as it stands behind a quantity, like l.', required: true, max: 20, example: 'itm' }) short_name!: string;
}

export const measurementUnits = defineRecord({
  name: 'measurement_unit',
  plural: 'measurement_units',
  fields: MeasurementUnitFields,
  description: 'What quantities of a part count: pieces, litres, metres.',
  scope: 'customer',
  history: true,
  search: ['name', 'short_name'],
});

/** Every kind of record of this room besides parts: their projections and sequences are wanted at start. */
export const inventoryRecords = [partTypes, storerooms, measurementUnits];
