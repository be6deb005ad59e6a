import { inputField, invalid, type ChangedChildren, type FieldOptions, type Problem } from '#millwright/fields';

// What nobody sees, or mail programs give a meaning of its own, makes two spellings of one address, which would be two people.
const emailAddress =
  /^[^\s@<>()[\],;:\\"\p{Cc}\p{Cf}\p{DI}\p{Surrogate}]+@[^\s@.<>()[\],;:\\"\p{Cc}\p{Cf}\p{DI}\p{Surrogate}]+(\.[^\s@.<>()[\],;:\\"\p{Cc}\p{Cf}\p{DI}\p{Surrogate}]+)*$/u;

const longestAddress = 254;

/** The address that a text is, as it is kept; undefined where it is none. Whoever is made by whatever way has one that passes here. */
export function emailIn(text: string): string | undefined {
  const address = text.trim();
  return address.length <= longestAddress && emailAddress.test(address) ? address : undefined;
}

const noAddress = { code: 'invalid_email', message: 'must be an e-mail address' } as const satisfies Problem;

const addressField = (isTaken: (text: string) => boolean, { unique }: Pick<FieldOptions, 'unique'> = {}): PropertyDecorator =>
  inputField(
    {
      column: 'text',
      attribute: 'text',
      convert: (value) => (typeof value === 'string' ? value.trim() : value),
      check: (value) => (typeof value === 'string' && isTaken(value) ? undefined : noAddress),
      graphql: () => String,
      openApi: { type: 'string', format: 'email', maxLength: longestAddress },
    },
    { unique, personal: true, seenWith: 'people:read', description: 'The e-mail address.', example: 'john-doe@acme-corporation.com' },
  );

const isAddress = (value: unknown): boolean => typeof value !== 'string' || emailIn(value) === value;

/** An e-mail address as far as form can tell. Codes: invalid_email. */
export const Email = (): PropertyDecorator => addressField(isAddress);

// What earlier releases took. Where it stands it is sent back by whoever sends a whole record.
const earlierAddress = /^[^\s@\p{Cc}\p{Surrogate}]+@[^\s@.\p{Cc}\p{Surrogate}]+(\.[^\s@.\p{Cc}\p{Surrogate}]+)*$/u;

/** The same of a record, which keeps one that stands there: whether a new one is an address is said by `newAddresses` or `requireNewAddresses`. */
export const EmailOfRecord = (options?: Pick<FieldOptions, 'unique'>): PropertyDecorator =>
  addressField((text) => text.length <= longestAddress && earlierAddress.test(text), options);

type Said = Readonly<{ email?: unknown }>;

/** The rules of records with an e-mail address, whose fields are refused under `root`. They throw Rejection VALIDATION_FAILED (invalid_email). */
export function newAddresses(root: string): Readonly<{ register(values: Said): void; change(state: unknown, changes: Said): void }> {
  const register = ({ email }: Said): void => {
    if (!isAddress(email)) throw invalid([{ field: `${root}.email`, ...noAddress }]);
  };
  return { register, change: (_state, changes) => register(changes) };
}

/** The same of the children of a record. */
export function requireNewAddresses({ before, after, saidOf, refuse }: ChangedChildren): void {
  const stood = new Map(before.map(({ id, email }) => [id, email]));
  for (const child of after) {
    const said = saidOf(child);
    if (said && child['email'] !== stood.get(child.id) && !isAddress(child['email'])) refuse(said.place, 'email', noAddress);
  }
}
