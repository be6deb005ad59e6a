import { inputField, type FieldOptions } from '#millwright/fields';

// What nobody sees, or mail programs give a meaning of its own, makes two spellings of one address, which would be two people.
const emailAddress =
  /^[^\s@<>()[\],;:\\"\p{Cc}\p{Cf}\p{DI}\p{Surrogate}]+@[^\s@.<>()[\],;:\\"\p{Cc}\p{Cf}\p{DI}\p{Surrogate}]+(\.[^\s@.<>()[\],;:\\"\p{Cc}\p{Cf}\p{DI}\p{Surrogate}]+)*$/u;

const longestAddress = 254;

/** The address that a text is, as it is kept; undefined where it is none. Whoever is made by whatever way has one that passes here. */
export function emailIn(text: string): string | undefined {
  const address = text.trim();
  return address.length <= longestAddress && emailAddress.test(address) ? address : undefined;
}

/** An e-mail address as far as form can tell. Codes: invalid_email, too_long. */
export const Email = ({ unique }: Pick<FieldOptions, 'unique'> = {}): PropertyDecorator =>
  inputField(
    {
      column: 'text',
      attribute: 'text',
      convert: (value) => (typeof value === 'string' ? value.trim() : value),
      check: (value) =>
        typeof value === 'string' && emailIn(value) === value ? undefined : { code: 'invalid_email', message: 'must be an e-mail address' },
      graphql: () => String,
      openApi: { type: 'string', format: 'email', maxLength: longestAddress },
    },
    { unique, personal: true, seenWith: 'people:read', description: 'The e-mail address.', example: 'john-doe@acme-corporation.com' },
  );
