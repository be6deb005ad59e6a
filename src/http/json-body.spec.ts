import fc from 'fast-check';
import { Rejection } from '#millwright/event-sourcing';
import { InexactNumber } from '#millwright/quantities';
import { readJsonBody } from './json-body.js';

const read = (text: string): unknown => readJsonBody(Buffer.from(text, 'utf8'));

const reservedNames = [...Object.getOwnPropertyNames(Object.prototype), 'prototype'];

describe('reading a JSON body', () => {
  it('reads what JSON.parse reads', () =>
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? Math.trunc(inner % 1e9) : inner));
        if (reservedNames.some((name) => text.includes(`"${name}":`))) return;
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    ));

  it('skips a byte order mark and white space', () => expect(read('\ufeff \r\n\t{ "a" : [ 1 , 2 ] } ')).toEqual({ a: [1, 2] }));

  it.each([
    ['', 'ends too early'],
    ['{', 'ends too early'],
    ['{"a":1', 'ends too early'],
    ['{"a":1,}', 'not JSON'],
    ['[1,]', 'not JSON'],
    ['{a:1}', 'not JSON'],
    ['01', 'not JSON'],
    ['+1', 'not JSON'],
    ['.5', 'not JSON'],
    ['0x10', 'not JSON'],
    ['NaN', 'not JSON'],
    ['"a\nb"', 'control character'],
    ['"\\x"', 'escape'],
    ['"abc', 'does not end'],
    ['"abc\\', 'does not end'],
    ['{} {}', 'not JSON'],
    ['{"a":1,"a":2}', 'stands twice'],
    ['{"a":1,"\\u0061":2}', 'stands twice'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 'nested at most 32'],
    [`{${Array.from({ length: 1001 }, (_, i) => `"k${i}":0`).join()}}`, 'at most 1000 members'],
  ])('refuses %j as malformed', (text, reason) => {
    expect(refusal(text)).toMatchObject({ code: 'MALFORMED_REQUEST', message: expect.stringContaining(reason) as string });
  });

  it('refuses bytes that are not UTF-8', () => expect(() => readJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('UTF-8'));

  it('takes 32 levels', () => expect(() => read(`${'['.repeat(32)}${']'.repeat(32)}`)).not.toThrow());

  it.each([
    ['{"part":{"__proto__":{"a":1}}}', 'part.__proto__'],
    ['{"parts":[{"constructor":1}]}', 'parts.0.constructor'],
    ['{"\\u005f_proto__":1}', '__proto__'],
    ['{"part":{"toString":1}}', 'part.toString'],
    ['{"hasOwnProperty":1}', 'hasOwnProperty'],
  ])('names a key that reaches into prototypes: %s', (text, field) => {
    expect(refusal(text)).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ field, code: 'unknown_field' }] });
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  it.each(['12.5', '-0.001', '999999999999999', '1.50000000000000000000', '1e3', '123456789012345e-5', '0e400', '100000000000000000000'])(
    'takes the number %s as it is',
    (text) => expect(read(text)).toBe(Number(text)),
  );

  it.each([
    '9007199254740993',
    '0.1234567890123456',
    '1e400',
    '-1e400',
    '1e-400',
    '4.9e-324',
    '1234567890123456',
    '1.0000000000000000000001',
  ])('does not round the number %s', (text) => expect(read(`{"quantity":${text}}`)).toEqual({ quantity: new InexactNumber(text) }));
});

it('refuses a number that is longer than any that means something', () => {
  expect(read(`[0.${'0'.repeat(398)}]`)).toEqual([0]);
  expect(refusal(`[0.${'0'.repeat(399)}]`)).toMatchObject({ code: 'MALFORMED_REQUEST' });
});

describe('a hostile body', () => {
  const mb = 1_000_000;
  const bodies: Record<string, string> = {
    '5 MB of text': JSON.stringify('x'.repeat(5 * mb)),
    '5 MB of escapes': `"${'\\u0041'.repeat((5 * mb) / 6)}"`,
    '5 MB of short escaped strings': `[${Array.from({ length: 19_000 }, () => '"\\u0041\\u0042\\u0043"').join()}]`,
    '5 MB of zeros in one number': `[0.${'0'.repeat(5 * mb)}1]`,
    '5 MB of spaces': `[${' '.repeat(5 * mb)}]`,
    'as many numbers as are allowed': `[${Array.from({ length: 19_000 }, () => '1.2345678901234567890').join()}]`,
    'as many objects as are allowed': `[${Array.from({ length: 9_900 }, () => '{"a":1}').join()}]`,
    'too many empty arrays': `[${'[],'.repeat(1.6 * mb)}[]]`,
    'colliding integer keys': `[${Array.from({ length: 19 }, (_, i) => `{${Array.from({ length: 1000 }, (__, k) => `"${(k * 2 ** 20 + i) >>> 0}":0`).join()}}`).join()}]`,
    'a string that never ends': `"${'\\"'.repeat(2.5 * mb)}`,
    'strings that never end, again and again': `[${'"\\\\",'.repeat(190_000)}`,
  };

  it.each(Object.entries(bodies))('reads or refuses %s', (_name, text) => {
    const outcome = refusal(text);
    expect(outcome === undefined || outcome instanceof Rejection).toBe(true);
  });
});

function refusal(text: string): unknown {
  try {
    read(text);
    return undefined;
  } catch (error) {
    return error;
  }
}
