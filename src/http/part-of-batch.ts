import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

const name = 'x-part-of-batch';
/** Nobody outside can guess it, and no answer shows it. */
const word = randomUUID();

/** What the requests that a batch makes of its operations say, so that they are not taken for requests of their own. */
export const partOfBatch: Readonly<Record<string, string>> = { [name]: word };

export const isPartOfBatch = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean => headers[name] === word;
