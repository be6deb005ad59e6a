import { createHash } from 'node:crypto';
import { ApiError, type ApiClient } from '../api-client.js';

/** Where the history goes. */
export type Site = Readonly<{ id: number; timeZone: string; currency: string }>;

/** Creates a record, or finds the one that an earlier run created under the same reference. */
export async function createOnce(client: ApiClient, siteId: number, path: string, body: unknown): Promise<{ id: number; isNew: boolean }> {
  try {
    const answer = await client.post<{ id: number }>(path, body, idempotencyKeyOf(siteId, path, body));
    return { id: answer.data.id, isNew: !answer.replayed };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'DUPLICATE_REFERENCE' && error.firstId !== undefined)
      return { id: error.firstId, isNew: false };
    throw error;
  }
}

/**
 * Two sites may have the same rows. The body is part of the key: another version of this program may send another body, and then the external
 * reference decides.
 */
const idempotencyKeyOf = (siteId: number, path: string, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([siteId, path, body]))
    .digest('hex');

/** What is wrong with one row only; everything else (access, site, server gone) concerns the whole file. */
export const refusesOneRow = ({ status }: ApiError): boolean => status === 422 || status === 409 || status === 400 || status === 413;
