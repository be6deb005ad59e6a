import { allKnown, whenKnown, type Row } from '#millwright/event-sourcing';
import { defineField, type Class, type Related, type Schema } from '#millwright/fields';

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

/** How REST shows the vendors of an order: alone with whom to speak to first, in lists by name. */
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
          form === 'row' ? related.labels('vendor', vendors_ids, ['id', 'name']) : withContacts(vendors_ids as number[], related),
      },
    });

const withContacts = (ids: readonly number[], related: Related): unknown =>
  whenKnown(allKnown(ids.map((id) => related.label('vendor', id, ['id', 'name', 'vendor_contacts']))), (labels) =>
    labels.flatMap((label) => (label ? [withContact(label as Row)] : [])),
  );

function withContact({ id, name, vendor_contacts }: Row): Row {
  const primary = ((vendor_contacts ?? []) as readonly Row[]).find(({ is_primary }) => is_primary === true);
  if (!primary) return { id, name, primary_contact: null };
  const said = (column: string): unknown => primary[column] ?? null;
  const primary_contact = Object.fromEntries(['id', 'name', 'email', 'phone', 'extension'].map((column) => [column, said(column)]));
  return { id, name, primary_contact };
}
