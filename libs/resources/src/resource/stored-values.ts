import { randomBytes } from 'node:crypto';
import type { Row } from '#millwright/event-sourcing';
import type { FieldDefinition, QrCodeAttributes } from '../fields/index.js';
import { snakeCase } from '../names.js';

/** The stored name of an input field: `qr_code_attributes` is an instruction about `qr_code`. */
export const storedName = ({ name, kind }: FieldDefinition): string | undefined =>
  kind === 'not yet' ? undefined : name === 'qr_code_attributes' ? 'qr_code' : name;

/** The stored values that an input asks for: only fields that were given, and instructions (QR codes) turned into what they mean. */
export function storedValues(fields: readonly FieldDefinition[], input: object, before: Readonly<Row>): Readonly<Row> {
  const given = new Map<string, unknown>(Object.entries(input));
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const name = storedName(field);
    const value = given.get(field.name);
    if (name === undefined || !field.column || value === undefined) continue;
    if (name !== 'qr_code') values[name] = plain(value);
    else if (value !== null) Object.assign(values, qrCodeOf(value as QrCodeAttributes, before));
  }
  return values;
}

/** Details as a row has them: its columns are their names in snake_case. */
export const detailsIn = <Details extends object>(row: Readonly<Row>, initial: Details): Details =>
  Object.fromEntries(Object.keys(initial).map((name) => [name, row[snakeCase(name)]])) as Details;

function qrCodeOf({ value, generate_qr_code, _destroy_qr_code }: QrCodeAttributes, before: Readonly<Row>): Readonly<Row> {
  if (_destroy_qr_code) return { qr_code: null };
  if (value != null && value !== '') return { qr_code: value };
  return generate_qr_code && before['qr_code'] == null ? { qr_code: randomCode() } : {};
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const randomCode = (): string => [...randomBytes(26)].map((byte) => alphabet[byte % alphabet.length]).join('');

/** Nested inputs are class instances; what is stored is plain JSON. */
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
