import type { Detail } from '#millwright/event-sourcing';
import { InexactNumber } from '#millwright/quantities';
import { invalid } from '#millwright/fields';

export type BatchOperation = Readonly<{
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  url: string;
  params?: Readonly<Record<string, unknown>>;
}>;

const mostOperations = 100;
const methods = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']);
/** A batch in a batch has no end, GraphQL has its own way to say several things at once, and what shows a secret is kept with no answer. */
const notInABatch = /^\/api\/v1\/(batch|graphql|access|oauth|auth|portal|users\/[^/]+\/(invite|reset[_-]password))(\/|$)/;

/**
 * The operations of a batch's body.
 * @throws Rejection VALIDATION_FAILED, with a detail for each thing that is wrong with an operation
 */
export function batchOperationsOf(body: unknown): readonly BatchOperation[] {
  if (!isRecord(body))
    throw invalid([{ field: 'ops', code: 'required', message: 'the body must be an object with "ops" and "sequential"' }]);
  const { ops, sequential } = body;
  const details: Detail[] = unknownFields(body, ['ops', 'sequential'], '');
  if (sequential !== true)
    details.push({
      field: 'sequential',
      code: sequential === undefined ? 'required' : 'not_true',
      message: 'must be true: operations run one after another',
    });
  if (!Array.isArray(ops))
    details.push({ field: 'ops', code: ops === undefined ? 'required' : 'not_a_list', message: 'must be a list of operations' });
  else if (ops.length === 0 || ops.length > mostOperations)
    details.push({ field: 'ops', code: 'out_of_range', message: `must hold 1 to ${mostOperations} operations` });
  else ops.forEach((op, index) => details.push(...problemsOf(op, `ops.${index}`)));
  if (details.length > 0) throw invalid(details);
  return ops as BatchOperation[];
}

function problemsOf(op: unknown, field: string): Detail[] {
  if (!isRecord(op)) return [{ field, code: 'not_an_object', message: 'must be an object with "method" and "url"' }];
  const details = unknownFields(op, ['method', 'url', 'params'], `${field}.`);
  const { method, url, params } = op;
  if (typeof method !== 'string' || !methods.has(method))
    details.push({ field: `${field}.method`, code: 'not_one_of', message: `must be one of ${[...methods].join(', ')}` });
  const path = typeof url === 'string' ? pathOf(url) : undefined;
  if (path === undefined) details.push({ field: `${field}.url`, code: 'invalid_url', message: 'must be a path that starts with /api/v1/' });
  else if (notInABatch.test(path)) details.push({ field: `${field}.url`, code: 'not_in_a_batch', message: 'cannot be part of a batch' });
  if (params !== undefined && !isRecord(params))
    details.push({ field: `${field}.params`, code: 'not_an_object', message: 'must be an object' });
  return details;
}

/** The path as the router will read it, whatever is percent-encoded in it; undefined for a URL that leads elsewhere. */
function pathOf(url: string): string | undefined {
  if (!/^\/api\/v1\/[\x21-\x7e]*$/.test(url)) return undefined;
  const { pathname } = new URL(url, 'http://localhost');
  const path = pathname.replace(/%([2-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return path.startsWith('/api/v1/') ? path : undefined;
}

const unknownFields = (record: Readonly<Record<string, unknown>>, known: readonly string[], prefix: string): Detail[] =>
  Object.keys(record)
    .filter((name) => !known.includes(name))
    .slice(0, mostOperations)
    .map((name) => ({ field: `${prefix}${name}`, code: 'unknown_field', message: 'there is no such field' }));

/** The URL of a read with its `params` as query: a list is a name with `[]`, repeated; objects are JSON (as `filter={…}` is). */
export function urlOf({ method, url, params }: BatchOperation): string {
  if (method !== 'GET' || !params) return url;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (Array.isArray(value)) for (const each of value) query.append(name.endsWith('[]') ? name : `${name}[]`, textOf(each));
    else query.append(name, textOf(value));
  const text = query.toString();
  return text === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${text}`;
}

function textOf(value: unknown): string {
  if (value instanceof InexactNumber) return value.text;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How many bytes the `params` of a write have by themselves, as JSON without blanks. */
export function bytesOf(params: BatchOperation['params']): number {
  let quotes = 0;
  const written = JSON.stringify(params, (_, value: unknown) => {
    if (!(value instanceof InexactNumber)) return value;
    quotes += 2;
    return value.text;
  });
  return Buffer.byteLength(written) - quotes;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof InexactNumber);
