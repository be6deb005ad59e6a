import { randomBytes } from 'node:crypto';
import { InputType } from '@nestjs/graphql';
import { defineField, type Class } from '../field-definition.js';
import { Flag } from './flag.js';
import { Text } from './text.js';

@InputType({ description: 'A QR code to attach, to generate, or to take away.' })
export class QrCodeAttributes {
  @Text({ max: 255, description: 'The text of a code that exists already.', example: 'guVT5ngMeZ9xPBIk8db4dCGXVU' }) value?: string | null;
  @Flag({ description: 'Makes a random code where no value is given.' }) generate_qr_code?: boolean | null;
  @Flag({ description: 'Takes the code away.' }) _destroy_qr_code?: boolean | null;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is said about a code in `qr_code_attributes`; what is kept and shown is the code, `qr_code`. Code: not_an_object, and those of its fields. */
export const QrCode = (): PropertyDecorator => (target, property) =>
  defineField(target.constructor as Class, {
    name: String(property),
    description: 'Its QR code: one to attach, to generate or to take away; left out, nothing changes.',
    input: {
      presence: 'nullable',
      nested: { type: () => QrCodeAttributes, each: false },
      check: (value) => (isObject(value) ? undefined : { code: 'not_an_object', message: 'must be an object' }),
      graphql: () => QrCodeAttributes,
      openApi: { type: () => QrCodeAttributes },
    },
    stored: { name: 'qr_code', type: 'text', attribute: 'text', most: 255, from: qrCodeOf },
    printed: { name: 'qr_code', openApi: { type: 'string', nullable: true }, print: (row) => row['qr_code'] ?? null },
    output: { name: 'qr_code', type: () => String, nullable: true },
  });

function qrCodeOf(said: unknown, before: unknown): unknown {
  const { value, generate_qr_code, _destroy_qr_code } = (said ?? {}) as QrCodeAttributes;
  if (_destroy_qr_code) return null;
  if (value != null && value !== '') return value;
  return generate_qr_code && before == null ? randomCode() : undefined;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const randomCode = (): string => [...randomBytes(26)].map((byte) => alphabet[byte % alphabet.length]).join('');
