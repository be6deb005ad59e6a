import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { Rejection } from '#millwright/event-sourcing';

/** A header as one text; undefined where it was not sent. */
export const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value);

/** The caller's own request id where it is a UUID, since whatever else he sends may be a secret or somebody's name, and it is kept for ever (S78); else a new one. */
export function requestIdOf(value: string | string[] | undefined): string {
  const id = header(value);
  return id !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? id : randomUUID();
}

/** Whether a body comes as text that is read: in UTF-8, and without a content encoding. */
export function isReadable({ 'content-type': type = '', 'content-encoding': encoding = '' }: IncomingHttpHeaders): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type)?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) && /^(identity)?$/i.test(encoding);
}

/** Whether it says twice who sends it. Node hands on the first `Authorization` only, and whoever reads a request beside it may heed the other. */
export function saysWhoTwice({ rawHeaders }: Readonly<{ rawHeaders: readonly string[] }>): boolean {
  let times = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (isAuthorization(rawHeaders[at])) times += 1;
  return times > 1;
}

const isAuthorization = (name = ''): boolean => name.length === 13 && name.toLowerCase() === 'authorization';

/** The key of `Authorization: Bearer <key>` or `Token <key>`; undefined where there is none. */
export const credentialOf = (authorization: string | undefined): string | undefined =>
  /^(?:Bearer|Token) +(\S+) *$/i.exec(authorization ?? '')?.[1];

/** @throws Rejection MALFORMED_REQUEST for a missing header or no integer; NOT_FOUND for an integer that can be no site's */
export function entityIdOf(value: string | undefined): number {
  if (!/^[+-]?\d+$/.test(value ?? ''))
    throw new Rejection('MALFORMED_REQUEST', 'the header X-Entity-Id must name the site by its integer id');
  const id = Number(value);
  if (!Number.isSafeInteger(id) || id < 1) throw noSuchEntity();
  return id;
}

export const noSuchEntity = (): Rejection => new Rejection('NOT_FOUND', 'there is no such entity');

const entityTag = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/.source;
/** Tags with commas between them. Whoever reads a list ignores empty elements (RFC 9110, 5.6.1), and a tag may hold a comma. */
const entityTags = new RegExp(`^[\\s,]*${entityTag}(?:\\s*,[\\s,]*${entityTag})*[\\s,]*$`);

/**
 * `If-Match` as RFC 9110 has it: `*`, or a list of tags of which strong ones may match. A tag that is no revision is well-formed and matches nothing.
 * @throws Rejection MALFORMED_REQUEST; PRECONDITION_FAILED where nothing of it can ever match (weak tags only)
 */
export function expectedRevisionsOf(ifMatch: string | undefined): readonly number[] | 'exists' | undefined {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === '*') return 'exists';
  if (!entityTags.test(ifMatch)) throw new Rejection('MALFORMED_REQUEST', 'If-Match must be * or a list of entity tags, such as "12"');
  const revisions = [...ifMatch.matchAll(new RegExp(entityTag, 'g'))].flatMap(([, weak, text = '']) => {
    return weak === undefined && /^(0|[1-9]\d{0,15})$/.test(text) ? [Number(text)] : [];
  });
  if (revisions.length === 0) throw new Rejection('PRECONDITION_FAILED', 'no tag of If-Match is the strong tag of a revision');
  return revisions;
}

/** The position that a request wants to see, as it names it. */
export function minimumPositionIn({ headers, query }: Pick<FastifyRequest, 'headers' | 'query'>): string | undefined {
  return header(headers['x-min-position']) ?? header((query as Record<string, string | string[] | undefined>)['min_position']);
}

/** The largest position: positions are unsigned 64-bit numbers. */
const lastPosition = 2n ** 64n - 1n;

/** @throws Rejection MALFORMED_REQUEST for what is no log position */
export function positionOf(text: string): bigint {
  const position = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (position === undefined || position > lastPosition)
    throw new Rejection('MALFORMED_REQUEST', 'a minimum position is the number of an X-Position header');
  return position;
}
