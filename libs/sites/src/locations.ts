import { Name, QrCode, Reference, Text, type QrCodeAttributes } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';

class LocationFields {
  @Name({ description: 'What people call the place.', required: true, example: 'Main Conference Room' }) name!: string;
  @Text({
    description: 'What is there, up to 10,000 characters.',
    max: 10_000,
    example: 'Large conference room with projector and whiteboard. Seats up to 12 people.',
  })
  description?: string | null;
  @Text({ description: 'How to get there.', max: 1000, example: '101-123 Example St' }) address?: string | null;
  @Reference('location', { description: 'The location that it is inside of.', label: ['id', 'name'], example: 55 }) parent_id?:
    number | null;
  @Reference('account_code', { label: ['id', 'name', 'code'], description: 'The account that work there is booked to.' }) account_code_id?:
    number | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
}

export const locations = defineRecord({
  name: 'location',
  plural: 'locations',
  fields: LocationFields,
  description: 'Where things are: a building, a room, a shelf. Locations may be inside other locations.',
  scope: 'entity',
  tree: { inRows: ['path'] },
  attachments: true,
  history: true,
  people: { as: 'ids', only: 'full' },
  label: ['id', 'name', 'path'],
  search: ['name', 'description', 'address'],
});
