import type { Row } from '#millwright/event-sourcing';
import type { Related } from '../bulk-read.js';
import { defineField, type Class, type FieldScope, type Form, type Schema } from '../field-definition.js';

/** Something that REST alone shows, computed from the row and the figures that its resource reads beside it. */
export const Shown =
  <Figures = undefined>(
    openApi: Schema,
    of: (row: Row, figures: Figures, related: Related) => unknown,
    { only, as, seenWith }: Readonly<{ only?: Form; as?: string; seenWith?: FieldScope }> = {},
  ): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      ...(seenWith && { seenWith }),
      printed: {
        name: as ?? String(property),
        openApi,
        only,
        print: (row, related, figures) => of(row, figures as Figures, related),
      },
    });
