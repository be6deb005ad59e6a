import type { FastifyRequest } from 'fastify';
import { mentionOf, targetUnder, type Mention } from '#millwright/resources';

/**
 * The record that a write was about, or that it made; undefined where it was about none: a repeat is told of it again only who still sees it (contract,
 * part 4, S12).
 */
export function recordOf({ routeOptions: { url = '' }, params }: FastifyRequest, kept: string): Mention | undefined {
  const [collection = '', name = ''] = /^\/api\/v1\/(\w+)/.exec(url) ?? [];
  const target = targetUnder(name);
  if (!target) return undefined;
  return mentionOf(target.kind, url.startsWith(`${collection}/:id`) ? (params as Readonly<Record<string, string>>)['id'] : idIn(kept));
}

function idIn(kept: string): number | undefined {
  const { data, result } = (kept === '' ? {} : JSON.parse(kept)) as Readonly<
    Record<'data' | 'result', { id?: unknown } | null | undefined>
  >;
  const id = (data ?? result)?.id;
  return typeof id === 'number' ? id : undefined;
}
