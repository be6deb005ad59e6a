import { defineRecord, QrCode, Reference, Name, Text, type QrCodeAttributes } from '#millwright/resources';

class LocationFields {
  @Name({ required: true, example: 'Main Conference Room' }) name!: string;
  @Text({ max: 10_000, example: 'Large conference room with projector and whiteboard. Seats up to 12 people.' }) description?:
    string | null;
  @Text({ max: 1000, example: '101-123 Example St' }) address?: string | null;
  @Reference('location', { example: 55 }) parent_id?: number | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
}

/** Where things are: a building, a room, a shelf. */
export const locations = defineRecord({
  name: 'location',
  plural: 'locations',
  fields: LocationFields,
  scope: 'entity',
  tree: true,
  attachments: true,
  people: 'ids in full form',
  label: ['id', 'name', 'path'],
  sparse: ['root_id', 'has_children'],
  search: ['name', 'description', 'address'],
});
