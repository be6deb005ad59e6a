import type { Row } from '#millwright/event-sourcing';
import { ShownId, ShownText, type Child } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

/** Of a vendor's contact: `people:read` shows how he is reached. */
class PrimaryContactFields {
  @ShownId() id!: number;
  @ShownText({ description: 'What the person is called.' }) name!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'The e-mail address.' }) email!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'A telephone number, as people write it.' }) phone!: string | null;
  @ShownText({ seenWith: 'people:read', description: 'What is to be dialled behind the number.' }) extension!: string | null;
}

/** What whoever names a vendor shows of whom to speak to there. */
export const primaryContact = defineShownType('PrimaryContact', PrimaryContactFields, 'Whom to speak to first at a vendor.');

/** The contact that a vendor has marked; null where there is none. */
export const primaryContactOf = (vendor: Row | null | undefined): Child | null =>
  ((vendor?.['vendor_contacts'] ?? []) as readonly Child[]).find(({ is_primary }) => is_primary === true) ?? null;
