import { inputField, type FieldOptions } from '#millwright/fields';

const longest = 35;

function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** A BCP 47 tag of at most 35 characters, as it was given. Code: not_a_language. */
export const Language = ({ description }: Pick<FieldOptions, 'description'>): PropertyDecorator =>
  inputField(
    {
      column: 'text',
      attribute: 'text',
      check: (value) =>
        typeof value === 'string' && value.length <= longest && isTag(value)
          ? undefined
          : { code: 'not_a_language', message: 'must be a language tag like en or de-CH' },
      graphql: () => String,
      openApi: { type: 'string', maxLength: longest },
    },
    { personal: true, description, example: 'en' },
  );
