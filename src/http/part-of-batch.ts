import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const name = 'x-part-of-batch';
const bytesName = 'x-part-bytes';
/** Nobody outside can guess it, and no answer shows it. */
const word = randomUUID();

/** What the requests that a batch makes of its operations say, so that they are not taken for requests of their own. */
export const partOfBatch: Readonly<Record<string, string>> = { [name]: word };

export const isPartOfBatch = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean => headers[name] === word;

/** The header that says how many bytes the body of an operation has: it goes in by hand, and what is sent in its place says nothing of it. */
export const ofBytes = (bytes: number): Readonly<Record<string, string>> => ({ [bytesName]: String(bytes) });

/** Bytes of the body of a request, as it says; of an operation of a batch, those of its own. */
export const bodyBytesOf = (request: Pick<FastifyRequest, 'headers'>): number =>
  Number(request.headers[isPartOfBatch(request) ? bytesName : 'content-length'] ?? 0);
