import { isUtf8 } from 'node:buffer';
import { Rejection } from '#millwright/event-sourcing';
import { InexactNumber } from '#millwright/quantities';
import { invalid } from '#millwright/fields';

/** Limits of one body, so that no single request stalls the others: depth of nesting, values in all, members of one object. */
const deepest = 32;
const mostValues = 20_000;
const mostMembers = 1_000;

/** A number token of at most this many characters and no exponent always fits a double without loss. */
const alwaysExact = 15;

/** Far more than any number that means something: matching millions of digits can exceed the memory of the engine's expressions. */
const longestNumber = 400;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;
const controlCharacter = /[\u0000-\u001f]/;

/**
 * Reads a JSON body in one pass, stricter than `JSON.parse`: repeated keys and deep nesting are refused before anything is built from them,
 * a number that a double would round becomes an `InexactNumber`, and keys that reach into prototypes are named as unknown fields.
 * @throws Rejection MALFORMED_REQUEST, PAYLOAD_TOO_LARGE (too many values), VALIDATION_FAILED (`__proto__`, `constructor`, `toString` …)
 */
export function readJsonBody(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw malformed('the body is not UTF-8');
  const text = bytes.toString('utf8');
  return new BodyReader(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).read();
}

class BodyReader {
  private at = 0;
  private values = 0;
  private depth = 0;
  private readonly path: (string | number)[] = [];

  constructor(private readonly text: string) {}

  read(): unknown {
    this.skipSpace();
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected();
    return value;
  }

  private value(): unknown {
    if (++this.values > mostValues) throw new Rejection('PAYLOAD_TOO_LARGE', `a body holds at most ${mostValues} values`);
    switch (this.text.charCodeAt(this.at)) {
      case 0x22:
        return this.string();
      case 0x7b:
        return this.object();
      case 0x5b:
        return this.array();
      case 0x74:
        return this.word('true', true);
      case 0x66:
        return this.word('false', false);
      case 0x6e:
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.enter();
    let members = 0;
    if (this.consume(0x7d)) return this.leave(object);
    do {
      this.skipSpace();
      if (this.text.charCodeAt(this.at) !== 0x22) throw this.unexpected();
      const name = this.string();
      if (++members > mostMembers) throw malformed(`an object has at most ${mostMembers} members`);
      if (Object.hasOwn(object, name)) throw malformed(`the key ${printed(name)} stands twice in one object`);
      if (isReserved(name)) throw this.strangeField(name);
      this.skipSpace();
      if (!this.consume(0x3a)) throw this.unexpected();
      this.skipSpace();
      this.path.push(name);
      object[name] = this.value();
      this.path.pop();
      this.skipSpace();
    } while (this.consume(0x2c));
    if (!this.consume(0x7d)) throw this.unexpected();
    return this.leave(object);
  }

  private array(): unknown[] {
    const array: unknown[] = [];
    this.enter();
    if (this.consume(0x5d)) return this.leave(array);
    do {
      this.skipSpace();
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
      this.skipSpace();
    } while (this.consume(0x2c));
    if (!this.consume(0x5d)) throw this.unexpected();
    return this.leave(array);
  }

  private enter(): void {
    if (++this.depth > deepest) throw malformed(`a body is nested at most ${deepest} deep`);
    this.at++;
    this.skipSpace();
  }

  private leave<T>(value: T): T {
    this.depth--;
    return value;
  }

  private string(): string {
    const start = this.at + 1;
    const end = this.text.indexOf('"', start);
    if (end < 0) throw malformed('a string does not end');
    const plain = this.text.slice(start, end);
    if (plain.includes('\\')) return this.escapedString();
    if (controlCharacter.test(plain)) throw malformed('a string holds a control character that is not escaped');
    this.at = end + 1;
    return plain;
  }

  /** Finds the end of a string with escapes, and lets the platform's parser decode it. */
  private escapedString(): string {
    const start = this.at;
    let end = start + 1;
    for (let code = this.text.charCodeAt(end); code !== 0x22; code = this.text.charCodeAt(end)) {
      if (Number.isNaN(code)) throw malformed('a string does not end');
      end += code === 0x5c ? 2 : 1;
    }
    this.at = end + 1;
    try {
      return JSON.parse(this.text.slice(start, end + 1)) as string;
    } catch {
      throw malformed('a string holds an escape that JSON does not know');
    }
  }

  private number(): number | InexactNumber {
    const token = number.exec(this.text.slice(this.at, this.at + longestNumber + 1))?.[0];
    if (token === undefined) throw this.unexpected();
    if (token.length > longestNumber) throw malformed(`a number has at most ${longestNumber} characters`);
    this.at += token.length;
    const value = Number(token);
    return token.length <= alwaysExact && !/[eE]/.test(token)
      ? value
      : isExact(token, value)
        ? value
        : new InexactNumber(token.slice(0, 100));
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected();
    this.at += word.length;
    return value;
  }

  private consume(code: number): boolean {
    if (this.text.charCodeAt(this.at) !== code) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (let code = this.text.charCodeAt(this.at); code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;)
      code = this.text.charCodeAt(++this.at);
  }

  private strangeField(name: string): Rejection {
    return invalid([{ field: [...this.path, name].join('.'), code: 'unknown_field', message: 'there is no such field' }]);
  }

  private unexpected(): Rejection {
    return malformed(this.at >= this.text.length ? 'the body ends too early' : `the body is not JSON at character ${this.at}`);
  }
}

/**
 * Whether a double says what the token says. Up to 15 significant digits (zeros at the ends do not count) every decimal survives the way
 * through a double; very small and very large exponents lose digits or everything.
 */
function isExact(token: string, value: number): boolean {
  const mantissa = token
    .replace(/^-/, '')
    .replace(/[eE].*$/, '')
    .replace('.', '');
  const digits = withoutZerosAtTheEnds(mantissa);
  if (digits === '') return true;
  return digits.length <= alwaysExact && Number.isFinite(value) && Math.abs(value) > 1e-290;
}

/** By index, not by pattern: a pattern for trailing zeros takes quadratic time on a long hostile token. */
function withoutZerosAtTheEnds(digits: string): string {
  let from = 0;
  let to = digits.length;
  while (digits.charCodeAt(from) === 0x30) from++;
  while (to > from && digits.charCodeAt(to - 1) === 0x30) to--;
  return digits.slice(from, to);
}

/** What every object has anyway (`constructor`, `toString` …): whoever looks such a name up finds something, given or not, so nobody may give it. */
const isReserved = (name: string): boolean => name in Object.prototype || name === 'prototype';

const malformed = (message: string): Rejection => new Rejection('MALFORMED_REQUEST', message);

const printed = (name: string): string => JSON.stringify(name.slice(0, 100));
