import { allKnown, whenKnown, type Row } from '#millwright/event-sourcing';
import { defineField, type Class, type Related, type Schema } from '#millwright/fields';
import { primaryContact, primaryContactOf } from './primary-contact.js';

const text: Schema = { type: 'string', nullable: true };
const contact: Schema = {
  type: 'object',
  nullable: true,
  description: 'Whom to speak to first.',
  properties: { id: { type: 'integer' }, name: text, email: text, phone: text, extension: text },
};
const vendor: Schema = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' }, primary_contact: contact },
};

/** How REST shows the vendors that `vendors_ids` names: alone with whom to speak to first, in lists by name. */
export const ShownVendors =
  ({ description }: Readonly<{ description: string }>): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      printed: {
        name: 'vendors',
        openApi: { type: 'array', items: vendor, description },
        print: ({ vendors_ids }, related, _figures, form) =>
          form === 'row' ? related.labels('vendor', vendors_ids, ['id', 'name']) : withContacts(vendors_ids as number[] | null, related),
      },
    });

const withContacts = (ids: readonly number[] | null, related: Related): unknown =>
  whenKnown(allKnown((ids ?? []).map((id) => related.label('vendor', id, ['id', 'name', 'vendor_contacts']))), (labels) =>
    allKnown(labels.flatMap((label) => (label ? [withContact(label as Row, related)] : []))),
  );

function withContact(vendor: Row, related: Related): unknown {
  const contact = primaryContactOf(vendor);
  const { id, name } = vendor;
  return whenKnown(contact && primaryContact.print(contact, related), (primary_contact) => ({ id, name, primary_contact }));
}
