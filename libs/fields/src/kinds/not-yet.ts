import { ID } from '@nestjs/graphql';
import { relationName } from '../names.js';
import { defineField, type Class, type FieldDefinition, type Problem } from '../field-definition.js';

/** Nothing may be said yet about what a later version brings. */
function notYetProblem(value: unknown): Problem | undefined {
  const empty = (Array.isArray(value) && value.length === 0) || value === '';
  return empty ? undefined : { code: 'not_available_yet', message: 'is not available yet; leave it out or empty' };
}

const label = { type: 'object', properties: { id: { type: 'integer' }, name: { type: 'string' } }, additionalProperties: true };

/**
 * A relation that a later version brings: documented, shown as none unless another field shows it (`shown: false`), and refused unless null or empty.
 * Code: not_available_yet.
 */
export const NotYet =
  ({ list = true, shown = true }: Readonly<{ list?: boolean; shown?: boolean }> = {}): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      description: 'Not available yet: must be null or empty.',
      input: {
        presence: 'nullable',
        check: notYetProblem,
        graphql: () => (list ? [ID] : ID),
        openApi: list ? { type: 'array', items: {} } : { type: 'integer' },
      },
      ...(shown && {
        printed: {
          name: relationName(String(property)),
          openApi: list ? { type: 'array', items: label } : { ...label, nullable: true },
          print: () => (list ? [] : null),
        },
      }),
    });

/** What another operation moves: refused in an update, with the operation that does it. Code: use_operation. */
export const MovesElsewhere =
  (operation: string, { seenWith }: Pick<FieldDefinition, 'seenWith'> = {}): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      ...(seenWith && { seenWith }),
      description: `Refused: moves through ${operation}.`,
      input: {
        presence: 'refused',
        check: () => ({ code: 'use_operation', message: `moves through ${operation}` }),
        openApi: { type: 'number' },
      },
    });
