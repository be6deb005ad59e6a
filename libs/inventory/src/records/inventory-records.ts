import { defineRecord, Reference, Name, Text } from '#millwright/resources';

class PartTypeFields {
  @Name({ required: true, example: 'Filters' }) name!: string;
}

export const partTypes = defineRecord({ name: 'part_type', plural: 'part_types', fields: PartTypeFields, scope: 'customer' });

class StoreroomFields {
  @Name({ required: true, example: 'Main Warehouse' }) name!: string;
  @Text({ max: 10_000 }) description?: string | null;
  @Reference('location') location_id?: number | null;
}

export const storerooms = defineRecord({
  name: 'storeroom',
  plural: 'storerooms',
  fields: StoreroomFields,
  scope: 'entity',
  search: ['name', 'description'],
});

class MeasurementUnitFields {
  @Name({ required: true, example: 'Item' }) name!: string;
  @Name({ required: true, max: 20, example: 'itm' }) short_name!: string;
}

/** What quantities of a part count. */
export const measurementUnits = defineRecord({
  name: 'measurement_unit',
  plural: 'measurement_units',
  fields: MeasurementUnitFields,
  scope: 'customer',
  search: ['name', 'short_name'],
});

/** Every kind of record of this room besides parts: their projections and sequences are wanted at start. */
export const inventoryRecords = [partTypes, storerooms, measurementUnits];
