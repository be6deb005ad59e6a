import type { ClientBase } from 'pg';
import type { CanonicalParts } from '../canonical.js';
import type { AppendRequest } from '../event-log.js';
import { expectedInDatabase } from './log-schema.js';

/** An append with its canonical texts, which lack the revision only. */
export type PreparedAppend = Readonly<{ request: AppendRequest; parts: readonly CanonicalParts[] }>;

/** What became of one append of a batch; for `wrong`, `revision` is where the stream really is (-1: nowhere). */
export type AppendAnswer =
  | Readonly<{ outcome: 'appended' | 'duplicate'; revision: number; position: bigint }>
  | Readonly<{ outcome: 'wrong'; revision: number }>
  /** Other requests hold these keys of it. */
  | Readonly<{ outcome: 'key known'; scopes: readonly string[] }>
  /** Nothing was done for it either, because of a key of another append. */
  | Readonly<{ outcome: 'open' }>;

/** Control characters never occur in canonical text, so one of them can separate texts without any escaping. */
const separator = '\u001f';
/** Stands between the lines of calls, whose fields are separated by the other one. */
const lineSeparator = '\u001e';
const texts = (parameter: string): string => `string_to_array(${parameter}, E'\\x1f')`;
const numbers = (parameter: string, type: string): string => `string_to_array(${parameter}, ',')::${type}[]`;

const expected = `${texts('$1')}, ${numbers('$2', 'bigint')}, ${texts('$3')}, ${numbers('$4', 'bigint')}, ${numbers('$5', 'uuid')}, ${texts('$6')}, ${texts('$7')}`;
const judged = `${texts('$1')}, ${numbers('$2', 'bigint')}, ${numbers('$3', 'integer')}, ${numbers('$4', 'uuid')}, ${texts('$5')}, ${texts('$6')}, ${texts('$7')}`;

const statement = (name: string, text: string): Readonly<{ name: string; text: string; rowMode: 'array' }> => ({
  name,
  text,
  rowMode: 'array',
});

/** Each also with the rows of keys as one more argument, and with the lines of calls as yet another. */
const statements = {
  expected: statement('log-append-expected', `select log.append_expected(${expected})`),
  expectedWithKeys: statement('log-append-expected-with-keys', `select log.append_expected(${expected}, $8::jsonb)`),
  judged: statement('log-append-judged', `select outcome, revision, last_position from log.append_judged(${judged})`),
  judgedWithKeys: statement(
    'log-append-judged-with-keys',
    `select outcome, revision, last_position, known_keys from log.append_judged(${judged}, $8::jsonb)`,
  ),
  expectedWithCalls: statement('log-append-expected-with-calls', `select log.append_expected(${expected}, $8::jsonb, $9)`),
  judgedWithCalls: statement(
    'log-append-judged-with-calls',
    `select outcome, revision, last_position, known_keys from log.append_judged(${judged}, $8::jsonb, $9, ${numbers('$10', 'integer')})`,
  ),
};

/** The lines of all calls of a batch as one text, each with the number of its append; undefined where there are none. */
function callsOf(batch: readonly PreparedAppend[]): Readonly<{ lines: string; callers: string }> | undefined {
  const told = batch.flatMap(({ request }, index) => (request.calls ?? []).map(({ line }) => ({ line, append: index + 1 })));
  if (told.length === 0) return undefined;
  return { lines: told.map(({ line }) => line).join(lineSeparator), callers: told.map(({ append }) => append).join(',') };
}

/** The rows of all keys of a batch, each with the number of its append; undefined where there are none. */
function keysOf(batch: readonly PreparedAppend[]): string | undefined {
  const rows = batch.flatMap(({ request }, index) => (request.keys ?? []).map((key) => ({ ...key, append: index + 1 })));
  return rows.length > 0 ? JSON.stringify(rows) : undefined;
}

/**
 * Appends for everybody whose stream is at the expected revision, if that is everybody.
 * @returns undefined when somebody is not, some event is known already, or another request holds a key: nothing was done
 */
export async function appendExpected(client: ClientBase, batch: readonly PreparedAppend[]): Promise<AppendAnswer[] | undefined> {
  if (batch.some(({ request }) => request.expected === 'any' || request.calls?.some(({ once }) => once))) return undefined;
  const streams: string[] = [];
  const revisions: number[] = [];
  const ids: string[] = [];
  const types: string[] = [];
  const canonicals: string[] = [];
  for (const { request, parts } of batch) {
    let revision = expectedNumber(request);
    for (const [ordinal, { id, type }] of request.events.entries()) {
      revision += 1;
      streams.push(request.stream);
      revisions.push(revision);
      ids.push(id);
      types.push(type);
      canonicals.push(textOf(parts, ordinal, ({ before, after }) => before + String(revision) + after));
    }
  }
  const values = [
    batch.map(({ request }) => request.stream).join(separator),
    batch.map(({ request }) => expectedNumber(request)).join(','),
    streams.join(separator),
    revisions.join(','),
    ids.join(','),
    types.join(separator),
    canonicals.join(separator),
  ];
  const keys = keysOf(batch);
  const calls = callsOf(batch);
  const { rows } = await client.query<[base: string | null]>(
    calls
      ? { ...statements.expectedWithCalls, values: [...values, keys ?? null, calls.lines] }
      : keys === undefined
        ? { ...statements.expected, values }
        : { ...statements.expectedWithKeys, values: [...values, keys] },
  );
  const base = rows[0]?.[0] ?? null;
  if (base === null) return undefined;
  let position = BigInt(base);
  return batch.map(({ request }) => {
    position += BigInt(request.events.length);
    return { outcome: 'appended', revision: expectedNumber(request) + request.events.length, position };
  });
}

/** Appends for those who can, and says of the others why not. */
export async function appendJudged(client: ClientBase, batch: readonly PreparedAppend[]): Promise<AppendAnswer[]> {
  const owners: number[] = [];
  const ids: string[] = [];
  const types: string[] = [];
  const befores: string[] = [];
  const afters: string[] = [];
  for (const [index, { request, parts }] of batch.entries()) {
    for (const [ordinal, { id, type }] of request.events.entries()) {
      owners.push(index + 1);
      ids.push(id);
      types.push(type);
      befores.push(textOf(parts, ordinal, ({ before }) => before));
      afters.push(textOf(parts, ordinal, ({ after }) => after));
    }
  }
  const values = [
    batch.map(({ request }) => request.stream).join(separator),
    batch.map(({ request }) => expectedNumber(request)).join(','),
    owners.join(','),
    ids.join(','),
    types.join(separator),
    befores.join(separator),
    afters.join(separator),
  ];
  const keys = keysOf(batch);
  const calls = callsOf(batch);
  const { rows } = await client.query<
    [outcome: AppendAnswer['outcome'], revision: string | null, position: string | null, knownKeys?: string | null]
  >(
    calls
      ? { ...statements.judgedWithCalls, values: [...values, keys ?? null, calls.lines, calls.callers] }
      : keys === undefined
        ? { ...statements.judged, values }
        : { ...statements.judgedWithKeys, values: [...values, keys] },
  );
  return rows.map(([outcome, revision, position, knownKeys]) => {
    if (outcome === 'key known') return { outcome, scopes: knownKeys?.split(',') ?? [] };
    if (outcome === 'open') return { outcome };
    if (outcome === 'wrong' || position === null) return { outcome: 'wrong', revision: Number(revision) };
    return { outcome, revision: Number(revision), position: BigInt(position) };
  });
}

function textOf(parts: readonly CanonicalParts[], ordinal: number, choose: (part: CanonicalParts) => string): string {
  const part = parts[ordinal];
  if (!part) throw new Error('an event without its canonical text');
  return choose(part);
}

function expectedNumber({ expected }: AppendRequest): number {
  if (expected === 'any') return expectedInDatabase.any;
  return expected === 'no stream' ? expectedInDatabase.noStream : expected;
}
