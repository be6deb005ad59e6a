import { defineField, type Class, type InputFacet, type Schema } from '../field-definition.js';

/**
 * What answers show beside what requests say, in a record that clients change and send back as a whole: it is taken as it was read, whatever it is, and
 * changes nothing. Over GraphQL whoever asks chooses what is read, so that nothing comes back that was not asked for.
 */
export const asRead = (openApi: Schema): InputFacet => ({ presence: 'nullable', check: () => undefined, openApi, ignored: true });

/** The sentence that says so in the documents. */
export const sentBack = 'A request may send it back as it was read, which changes nothing.';

/** Such a field of an input whose answers show it by another description. */
export const AsRead =
  ({ description, openApi }: Readonly<{ description: string; openApi: Schema }>): PropertyDecorator =>
  (target, property) =>
    defineField(target.constructor as Class, {
      name: String(property),
      description: `${description} ${sentBack}`,
      input: asRead(openApi),
    });
