import { currentContext, whenKnown } from '#millwright/event-sourcing';
import { defineField, type BulkRead, type Class } from '#millwright/fields';
import { rowsOf, statementAsOf } from '#millwright/lists';
import { outputTypeOf, referenceTarget, type ShownType } from '#millwright/resources';
import { primaryContactOf } from './primary-contact.js';

/** Whom to speak to first, in the words of the vendor's contacts: whoever mentions a vendor says it. */
export const PrimaryContact =
  (contact: () => ShownType): PropertyDecorator =>
  (target, property) => {
    const name = String(property);
    defineField(target.constructor as Class, {
      name,
      description: 'Whom to speak to first.',
      printed: {
        name,
        openApi: { type: 'object', nullable: true },
        print(row, related) {
          const primary = primaryContactOf(row);
          return primary ? contact().print(primary, related) : null;
        },
      },
      output: {
        name,
        type: () => contact().type,
        nullable: true,
        resolve: primaryContactOf,
      },
    });
  };

/** By vendor, the parts of the site that are bought there. */
const partsBought: BulkRead<number, readonly number[]> = {
  async read(ids, database) {
    const parts = rowsOf(referenceTarget('part').view, 'part');
    const found = await database.query<{ vendor: string; part: string }[]>(
      ...statementAsOf(
        `SELECT vendor, part.id AS part FROM unnest($1::bigint[]) vendor
         JOIN ${parts} ON part.vendor_parts @> jsonb_build_array(jsonb_build_object('vendor_id', vendor)) AND part.entity_id = $2 ORDER BY part.id`,
        [[...ids], currentContext().entityId],
      ),
    );
    const bought = new Map<number, number[]>(ids.map((id) => [id, []]));
    for (const { vendor, part } of found) bought.get(Number(vendor))?.push(Number(part));
    return ids.map((id) => bought.get(id) ?? []);
  },
};

/** The parts of the site that name the vendor among those that they are bought from. */
export const PartsOfVendor = (): PropertyDecorator => (target, property) => {
  const name = String(property);
  defineField(target.constructor as Class, {
    name,
    description: 'The parts of the site that are bought there: those that name the vendor in `vendor_parts`.',
    printed: {
      name,
      openApi: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } } } },
      print: ({ id }, related) =>
        whenKnown(related.load(partsBought, Number(id)), (parts) => related.labels('part', parts, ['id', 'name'])),
    },
    output: {
      name,
      type: () => [outputTypeOf('Part')],
      nullable: false,
      resolve: async ({ id }, related) => related.rowsIn('part', await related.load(partsBought, Number(id))),
    },
  });
};
