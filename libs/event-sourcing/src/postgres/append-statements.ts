import type { ClientBase } from 'pg';
import type { CanonicalParts } from '../canonical.js';
import type { AppendRequest } from '../event-log.js';
import { expectedInDatabase } from './log-schema.js';

/** An append with its canonical texts, which lack the revision only. */
export type PreparedAppend = Readonly<{ request: AppendRequest; parts: readonly CanonicalParts[] }>;

/** What became of one append of a batch; for `wrong`, `revision` is where the stream really is (-1: nowhere). */
export type AppendAnswer =
  Readonly<{ outcome: 'appended' | 'duplicate'; revision: number; position: bigint }> | Readonly<{ outcome: 'wrong'; revision: number }>;

/** Control characters never occur in canonical text, so one of them can separate texts without any escaping. */
const separator = '\u001f';
const texts = (parameter: string): string => `string_to_array(${parameter}, E'\\x1f')`;
const numbers = (parameter: string, type: string): string => `string_to_array(${parameter}, ',')::${type}[]`;

const expectedStatement = {
  name: 'log-append-expected',
  text: `select log.append_expected(${texts('$1')}, ${numbers('$2', 'bigint')}, ${texts('$3')}, ${numbers('$4', 'bigint')}, ${numbers('$5', 'uuid')}, ${texts('$6')}, ${texts('$7')})`,
  rowMode: 'array' as const,
};

const judgedStatement = {
  name: 'log-append-judged',
  text: `select outcome, revision, last_position from log.append_judged(
    ${texts('$1')}, ${numbers('$2', 'bigint')}, ${numbers('$3', 'integer')}, ${numbers('$4', 'uuid')}, ${texts('$5')}, ${texts('$6')}, ${texts('$7')})`,
  rowMode: 'array' as const,
};

/**
 * Appends for everybody whose stream is at the expected revision, if that is everybody.
 * @returns undefined when somebody is not, or some event is known already: nothing was done
 */
export async function appendExpected(client: ClientBase, batch: readonly PreparedAppend[]): Promise<AppendAnswer[] | undefined> {
  if (batch.some(({ request }) => request.expected === 'any')) return undefined;
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
  const { rows } = await client.query<[base: string | null]>({ ...expectedStatement, values });
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
  const { rows } = await client.query<[outcome: 'appended' | 'duplicate' | 'wrong', revision: string, position: string | null]>({
    ...judgedStatement,
    values,
  });
  return rows.map(([outcome, revision, position]) =>
    outcome === 'wrong' || position === null
      ? { outcome: 'wrong', revision: Number(revision) }
      : { outcome, revision: Number(revision), position: BigInt(position) },
  );
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
