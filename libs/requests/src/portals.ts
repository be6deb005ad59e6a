import { randomUUID } from 'node:crypto';
import { Flag, Name, Reference, References, ShownUuid, Text } from '#millwright/fields';
import { defineRecord } from '#millwright/resources';

class PortalFields {
  @Name({ description: 'What the portal is called, as those who ask read it.', required: true, example: 'Main Request Portal' })
  title!: string;
  @Text({ description: 'What they are to know, up to 10,000 characters.', max: 10_000, example: 'Tell us what is broken.' }) description?:
    string | null;
  @Flag({ description: 'Whether anybody can ask here; where not, the portal looks as if it did not exist.', initial: true, example: true })
  is_active?: boolean | null;
  @Reference('asset', { description: 'The asset that what is asked here is about.' }) asset_id?: number | null;
  @Reference('location', { description: 'The location that what is asked here is about.' }) location_id?: number | null;
  @References('category', { description: 'The categories that what is asked here belongs to.' }) categories_ids?: number[] | null;
}

class PortalFigures {
  @ShownUuid({ always: true, description: 'What its address ends with: /api/v1/portal/{uuid}. Whoever knows it can ask.' }) uuid!: string;
}

/** Where people without an account ask for work. */
export const requestPortals = defineRecord({
  name: 'request_portal',
  plural: 'request_portals',
  fields: PortalFields,
  shown: PortalFigures,
  description: 'Where people without an account ask for work.',
  heading: 'Where people without an account ask for work. Whoever knows the address of a portal can use it.',
  scope: 'entity',
  drawn: () => ({ uuid: randomUUID() }),
  history: true,
  label: ['id', 'uuid', 'title'],
  search: ['title', 'description'],
  defaultSort: 'title asc',
  people: { as: 'records' },
});
