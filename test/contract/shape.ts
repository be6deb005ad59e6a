import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A sample of the REST contract: the shape of one operation. Its numbers are illustrations. */
export type Sample = Readonly<{ operation: string; method: string; path: string; request?: unknown; response: unknown }>;

/** The contract's sample by its file's name, as in "07-create-location". */
export const sample = (name: string): Sample => JSON.parse(readFileSync(join('test/contract/samples', `${name}.json`), 'utf8')) as Sample;

/**
 * Where an answer falls short of a sample: fields that are missing, and values of another type. Null and [] stand for whatever a sample shows;
 * more fields than it shows are allowed.
 */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  // Which filters `meta.filter` echoes depends on the request.
  if (actual === null || path === '.meta.filter') return [];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${path} is no list`];
    return actual.flatMap((item, index) => differences(expected[0], item, `${path}[${index}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || Array.isArray(actual)) return [`${path} is no object`];
    const found = new Map(Object.entries(actual));
    return Object.entries(expected).flatMap(([name, value]) =>
      found.has(name) ? differences(value, found.get(name), `${path}.${name}`) : [`${path}.${name} is missing`],
    );
  }
  return expected === null || typeof expected === typeof actual ? [] : [`${path} is ${typeof actual}, not ${typeof expected}`];
}
