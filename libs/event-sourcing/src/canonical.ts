import type { EventMetadata } from './event.js';

/** What the canonical bytes are made of, apart from the revision. */
export type CanonicalFields = Readonly<{ id: string; stream: string; type: string; data: unknown; metadata: EventMetadata }>;

/** The canonical text around the revision: `before + revision + after`. RFC 8785 sorts the keys, so everything else is known before the revision is. */
export type CanonicalParts = Readonly<{ before: string; after: string }>;

/** Thrown for what RFC 8785 cannot say: lone surrogates, NaN, infinities, and anything that is not JSON. */
export class NotCanonical extends Error {
  constructor(reason: string) {
    super(`an event cannot hold ${reason}`);
    this.name = 'NotCanonical';
  }
}

/** The canonical text (RFC 8785 of exactly `{id, stream, revision, type, data, metadata}`); hashes are taken over its UTF-8 bytes. */
export function canonicalText(event: CanonicalFields & Readonly<{ revision: number }>): string {
  const { before, after } = canonicalParts(event);
  return before + String(event.revision) + after;
}

export function canonicalParts({ id, stream, type, data, metadata }: CanonicalFields): CanonicalParts {
  return {
    before: `{"data":${canonicalJson(data)},"id":${text(id)},"metadata":${canonicalJson(metadata)},"revision":`,
    after: `,"stream":${text(stream)},"type":${text(type)}}`,
  };
}

/**
 * RFC 8785 of a plain JSON value. Written by hand because it is on the path of every append and the library spends most of its time on
 * look-outs for cycles; a property test holds the two equal byte for byte.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical('NaN or infinity');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? array(value) : object(value as Record<string, unknown>);
    default:
      throw new NotCanonical(`a ${typeof value}`);
  }
}

function array(values: readonly unknown[]): string {
  let result = '[';
  for (let index = 0; index < values.length; index += 1) {
    if (index > 0) result += ',';
    result += canonicalJson(values[index] === undefined ? null : values[index]);
  }
  return result + ']';
}

function object(value: Record<string, unknown>): string {
  if ('toJSON' in value) throw new NotCanonical('an object that is not plain JSON');
  let result = '{';
  // The default order of sort() is by UTF-16 code units, which is the order RFC 8785 asks for.
  const keys = Object.keys(value);
  for (const key of isSorted(keys) ? keys : keys.sort()) {
    const item = value[key];
    if (item === undefined) continue;
    result += (result.length > 1 ? ',' : '') + text(key) + ':' + canonicalJson(item);
  }
  return result + '}';
}

function isSorted(keys: readonly string[]): boolean {
  let previous = '';
  for (const key of keys) {
    if (key < previous) return false;
    previous = key;
  }
  return true;
}

const needsCare = /[^ !#-[\]-~]/;
const loneSurrogate = /\p{Surrogate}/u;

function text(value: string): string {
  if (!needsCare.test(value)) return `"${value}"`;
  if (loneSurrogate.test(value)) throw new NotCanonical('a lone surrogate');
  return JSON.stringify(value);
}
