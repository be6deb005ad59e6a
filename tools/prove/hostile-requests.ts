import type { RestWay } from './described-operations.js';
import { resolved, type Json } from './marked-fields.js';
import type { Random } from './random.js';
import type { Question } from './probes.js';

/** A request that nobody means well with. `headers` that are undefined are left out, also those that everybody sends. */
export type Attack = Question & Readonly<{ what: string; way?: RestWay; headers?: Readonly<Record<string, string | undefined>> }>;

/** Stands in what must never be printed: texts, names of unknown fields, credentials. */
export const secret = 'cnry-5f1d3b';

/** What stands in a body in place of a value, as it is written there. */
const values: readonly string[] = [
  ...['null', 'true', '[]', '{}', '""', '-1', '0', '1.5', '1e400', '-1e400', '9007199254740993', '1.005', '0.1e-9', '1e-400'],
  ...['"NaN"', '"Infinity"', '"0x10"', '"\\u0663"', '"1e5"', '"1,5"', '" 1 "', '"1.0000000000000000001"', `${'9'.repeat(400)}`],
  ...['"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\\u202e\\u2066abc"', '"\\ufeff"', '"e\\u0301"', `"${'\\u0e49'.repeat(50)}"`],
  ...[
    `"${secret}'; DROP TABLE log.events; --"`,
    `"${secret}' OR '1'='1"`,
    '"%27%20OR%201=1"',
    '"$1"',
    '"\\\\x00"',
    '"{{7*7}}"',
    '"${7*7}"',
  ],
  ...['"../../../../etc/passwd"', '"file:///etc/passwd"', '"http://169.254.169.254/"', '"<script>alert(1)</script>"', '"=cmd|calc"'],
  ...['"2026-02-30"', '"2026-01-01T00:00:00"', '"0001-01-01T00:00:00Z"', '"99999-01-01"', '"2026-01-01T25:61:61Z"', '"Mars/Olympus"'],
  ...[
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '[null]',
    '[[[[1]]]]',
    '[1,1]',
    '[9007199254740993]',
  ],
  ...[`"${'x'.repeat(70_000)}"`, `[${'1,'.repeat(2_000)}1]`, `${'['.repeat(40)}${']'.repeat(40)}`, '{"$gt":""}', '{"toJSON":"x"}'],
];

/** What stands in a path or a query in place of a number, percent-encoded where it has to be. */
const places: readonly string[] = [
  ...['0', '-1', '1.5', '1e3', '9007199254740993', '9'.repeat(40), '0x10', '%D9%A3', '1%00', '%00', '%ff', '%zz', '%', '1%3B--', "1'"],
  ...[
    '%2e%2e',
    '..%2f..%2fetc%2fpasswd',
    '%2fapi%2fv1%2fparts',
    '1%0d%0aX-Injected:%201',
    '__proto__',
    'constructor',
    'x'.repeat(3_000),
    'null',
  ],
  ...['1%20OR%201=1', 'NaN', '%EF%BC%91', '1%2C2', '%5B%5D', '+1', '01', '1.', '%20', encodeURIComponent('💥'), encodeURIComponent(secret)],
];

const queries: readonly string[] = [
  ...[
    'page=-1',
    'page=1e9',
    'per_page=1001',
    'per_page=NaN',
    'cursor=%00',
    'cursor=WyJ4Il0',
    'sort=id;drop',
    'sort=__proto__%20asc',
    'search=%00',
  ],
  ...[
    'filter[id_eq]=1%27',
    'filter[__proto___eq]=1',
    'filter[id_in][]=x&filter[id_in][]=y',
    'filter={',
    'filter={"id":{"$ne":1}}',
    'filter=[]',
  ],
  ...['filter[constructor][prototype]=1', 'as_of=99999999999999999999', 'as_of=-1', 'min_position=9e99', 'min_position=%00', 'from=x&to=y'],
  ...[
    `search=${'%25_'.repeat(800)}`,
    'group_by=1;select',
    'page=1&page=2',
    '%00=1',
    `${secret}=1`,
    'filter[name_cont]=%ff',
    'sort=,,,,',
    'by=x',
  ],
];

const headers: readonly Readonly<Record<string, string>>[] = [
  ...['0', '-1', 'x', '1.0', '9'.repeat(30), '1, 2', '%00', '__proto__', "1'"].map((value) => ({ 'x-entity-id': value })),
  ...['x'.repeat(300), '\u00e9', ' ', '"'].map((value) => ({ 'idempotency-key': value })),
  ...['x', 'W/"1"', '"1', '"a","b', '"999999999999999999999"', '*, *'].map((value) => ({ 'if-match': value })),
  ...['-1', '99999999999999999999', 'x'].map((value) => ({ 'x-min-position': value })),
  ...['text/plain', 'application/xml', 'application/json; charset=utf-16', 'application/json; charset=x', 'multipart/form-data', 'x'].map((value) => ({ 'content-type': value })), // prettier-ignore
  ...['application/x-www-form-urlencoded', 'application/json-patch+json', 'application/json;', ';'].map((value) => ({
    'content-type': value,
  })),
  ...['gzip', 'br', 'identity, gzip', 'x'].map((value) => ({ 'content-encoding': value })),
  ...['', 'x/y', 'application/json; envelope=x', '*/*;q=9', 'a'.repeat(5_000)].map((accept) => ({ accept })),
  { 'x-request-id': `${secret} not a uuid` },
  { 'x-forwarded-for': `${"1.1.1.1', ".repeat(50)}x` },
  { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
  { 'x-http-method-override': 'DELETE', 'x-original-url': '/api/v1/access/keys/rotate' },
  { origin: 'https://evil.example', cookie: `__Host-millwright=${secret}; __proto__=1` },
  { 'x-large': 'y'.repeat(20_000) },
  Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x-flood-${index}`, 'z'])),
];

/** Bodies that are no JSON as there should be. */
const bodies: readonly string[] = [
  ...[
    '',
    ' ',
    '{',
    '}',
    '[]',
    'null',
    '1',
    '"x"',
    '{"a":1,"a":2}',
    '{"part":{"name":"x"},"part":{"name":"y"}}',
    "{'a':1}",
    '{"a":1}x',
    '{a:1}',
  ],
  ...[
    '\ufeff{"part":1}',
    `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
    `${'['.repeat(10_000)}`,
    '{"__proto__":{}}',
    '{"constructor":1}',
    'NaN',
  ],
  ...[`{"${secret}":1}`, '{"part":{"__proto__":{"name":"x"}}}', `{"part":"${'x'.repeat(1_200_000)}"}`, 'part=1&name=x', '<xml/>', '\u0000'],
];

/** One wrong thing in a request that is right otherwise, drawn at random. */
export class HostileRequests {
  private readonly writes: readonly RestWay[];

  constructor(
    private readonly document: Json,
    private readonly rest: readonly RestWay[],
    private readonly random: Random,
  ) {
    this.writes = rest.filter(({ method, path }) => method !== 'GET' && !isNoTarget(path));
  }

  drawn(): Attack {
    const dice = this.random.next();
    if (dice < 0.5) return this.wrongValue();
    if (dice < 0.65) return this.wrongPath();
    if (dice < 0.8) return this.wrongQuery();
    return dice < 0.9 ? this.wrongHeader() : this.wrongBody();
  }

  private wrongValue(): Attack {
    const way = this.random.pick(this.writes);
    const example = exampleOf(this.document, way);
    const fields = leavesOf(schemaFields(this.document, way));
    const field = fields.length > 0 ? this.random.pick(fields) : [secret];
    const value = this.random.pick(values);
    const body = JSON.stringify(withMark(example, field)).replace(`"${mark}"`, () => value);
    return { what: `${way.way} ${field.join('.')} = ${value.slice(0, 60)}`, way, method: way.method, path: filled(way.path, '1'), body };
  }

  private wrongPath(): Attack {
    const way = this.random.pick(this.rest.filter(({ path }) => path.includes('{') && !isNoTarget(path)));
    const place = this.random.pick(places);
    const body = way.method === 'GET' || way.method === 'DELETE' ? undefined : exampleOf(this.document, way);
    return { what: `${way.way} at ${place.slice(0, 60)}`, way, method: way.method, path: filled(way.path, place), body };
  }

  private wrongQuery(): Attack {
    const way = this.random.pick(
      this.rest.filter(({ method, path }) => method === 'GET' && path.startsWith('/api/v1/') && !isNoTarget(path)),
    );
    const query = this.random.pick(queries);
    return {
      what: `${way.way}?${query.slice(0, 60)}`,
      way,
      method: 'GET',
      path: `${filled(way.path, '1')}?${query.replace(/[ "{}]/g, encodeURIComponent)}`,
    };
  }

  private wrongHeader(): Attack {
    const way = this.random.pick(this.rest.filter(({ path }) => !isNoTarget(path)));
    const given = this.random.pick(headers);
    const body = way.method === 'GET' || way.method === 'DELETE' ? undefined : exampleOf(this.document, way);
    const named = Object.entries(given)[0] ?? [];
    return {
      what: `${way.way} with ${named.join(': ').slice(0, 60)}`,
      way,
      method: way.method,
      path: filled(way.path, '1'),
      body,
      headers: given,
    };
  }

  private wrongBody(): Attack {
    const way = this.random.pick(this.writes.filter(({ method }) => method !== 'DELETE'));
    const body = this.random.pick(bodies);
    return { what: `${way.way} of ${body.slice(0, 40)}`, way, method: way.method, path: filled(way.path, '1'), body };
  }
}

/** What would end the proof's own credentials, or answers in words of its own. */
const isNoTarget = (path: string): boolean => /\/(keys\/rotate|installation|rebuild|logout|graphql|erase)|\/metrics|\/oidc/.test(path);

const mark = '@@value@@';
const filled = (path: string, value: string): string => path.replace(/\{\w+\}/g, value);

function operationAt(document: Json, { path, method }: RestWay): Json | undefined {
  return (document['paths'] as Record<string, Record<string, Json>>)[path]?.[method.toLowerCase()];
}

function contentOf(document: Json, way: RestWay): Readonly<{ schema?: Json; example?: unknown }> | undefined {
  const body = operationAt(document, way)?.['requestBody'] as Readonly<{ content?: Record<string, object> }> | undefined;
  return body?.content?.['application/json'];
}

const exampleOf = (document: Json, way: RestWay): unknown => contentOf(document, way)?.example ?? {};

/** The statuses that an operation is described with. */
export const statusesOf = (document: Json, way: RestWay): readonly number[] =>
  Object.keys(operationAt(document, way)?.['responses'] ?? {}).map(Number);

function schemaFields(document: Json, way: RestWay): Json {
  const unfold = (schema: Json, depth: number): Json => {
    const { properties, items } = resolved(document, schema) as { properties?: Record<string, Json>; items?: Json };
    if (items && depth < 4) return unfold(items, depth);
    if (!properties || depth > 3) return {};
    return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, unfold(property, depth + 1)]));
  };
  return unfold(contentOf(document, way)?.schema ?? {}, 0);
}

const leavesOf = (fields: Json, path: readonly string[] = []): string[][] =>
  Object.entries(fields).flatMap(([name, inner]) => [[...path, name], ...leavesOf(inner as Json, [...path, name])]);

function withMark(body: unknown, [name = '', ...inner]: readonly string[]): unknown {
  if (name === '') return mark;
  if (Array.isArray(body)) return [withMark(body[0], [name, ...inner])];
  const before = typeof body === 'object' && body !== null ? body : {};
  const below = (before as Json)[name];
  return {
    ...before,
    [name]: inner.length === 0 ? mark : withMark(name.endsWith('_attributes') && !Array.isArray(below) ? [{}] : below, inner),
  };
}
