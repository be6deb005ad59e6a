import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';

const flag: FieldKind = {
  column: 'boolean',
  attribute: 'flag',
  check: (value) => (typeof value === 'boolean' ? undefined : { code: 'not_a_boolean', message: 'must be true or false' }),
  graphql: () => Boolean,
  openApi: { type: 'boolean' },
};

/** true or false. Code: not_a_boolean. */
export const Flag = (options: FieldOptions = {}): PropertyDecorator => inputField(flag, options);

export const ShownFlag = (options?: ShownOptions): PropertyDecorator => shownField(flag, options);
