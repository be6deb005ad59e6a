import type { FastifyRequest } from 'fastify';
import { noSuchRecord } from '#millwright/resources';
import { partOfBatch } from './part-of-batch.js';
import { header } from './request-headers.js';

/** What says who asks, and for which site. */
const headersOfCaller = ['authorization', 'cookie', 'x-entity-id'];

/**
 * A repeat is decided on today's rights (contract, part 4, S12): who sees some rows only is not told again of a record that is his no more.
 * @throws Rejection NOT_FOUND
 */
export async function requireStillSeen(request: FastifyRequest, kept: string): Promise<void> {
  const { scope, server, headers } = request;
  if (!scope || (scope.rows ?? 'all') === 'all') return;
  const url = recordOf(request, kept);
  if (url === undefined) return;
  const named = headersOfCaller.map((name) => [name, header(headers[name])] as const).filter(([, value]) => value !== undefined);
  const { statusCode } = await server.inject({
    method: 'GET',
    url,
    headers: { ...partOfBatch, 'x-request-id': request.id, ...Object.fromEntries(named) },
  });
  if (statusCode === 404) throw noSuchRecord();
}

/** Where the record is read that a write was about, or that it made; undefined where it was about none. */
function recordOf({ routeOptions: { url = '' }, params }: FastifyRequest, kept: string): string | undefined {
  const [collection] = /^\/api\/v1\/\w+/.exec(url) ?? [];
  if (collection === undefined) return undefined;
  const named = (params as Readonly<Record<string, string>>)['id'];
  const id = url.startsWith(`${collection}/:id`) ? named : idIn(kept);
  return id === undefined ? undefined : `${collection}/${encodeURIComponent(id)}`;
}

function idIn(kept: string): string | undefined {
  const { data, result } = (kept === '' ? {} : JSON.parse(kept)) as Readonly<
    Record<'data' | 'result', { id?: unknown } | null | undefined>
  >;
  const id = (data ?? result)?.id;
  return typeof id === 'number' ? String(id) : undefined;
}
