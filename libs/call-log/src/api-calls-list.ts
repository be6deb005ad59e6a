import { currentScope, type Held, type Rights } from '#millwright/access';
import { whenKnown } from '#millwright/event-sourcing';
import type { ListDefinition, View } from '#millwright/lists';
import { apiCall } from './api-call.shown.js';

/** A write and what became of it are two lines and one row; of somebody who signs in it is known with the second who it was. */
const calls = `(
  SELECT l.id, l.request_id, l.at, coalesce(l.credential_kind, a.credential_kind) AS credential_kind, coalesce(l.credential_id, a.credential_id) AS credential_id,
         coalesce(l.credential_kind || ':' || l.credential_id, a.credential_kind || ':' || a.credential_id) AS credential,
         coalesce(l.user_id, a.user_id) AS user_id, l.entity_id,
         address.address, agent.agent AS user_agent, l.method, l.route, l.ids, coalesce(l.summary::json ->> 'truncated' = 'true', false) AS ids_truncated, coalesce(a.status, l.status) AS status, coalesce(a.code, l.code) AS code,
         trim_scale(coalesce(a.duration_us, l.duration_us) / 1000.0) AS duration_ms, l.bytes_in, coalesce(a.bytes_out, l.bytes_out) AS bytes_out, l.audit, l.summary,
         coalesce(a.error, l.error) AS error
  FROM app.api_call_lines l
  LEFT JOIN app.api_call_lines a ON a.id = l.id AND a.kind = 2 AND l.kind = 1
  LEFT JOIN app.api_call_addresses address ON address.id = coalesce(l.address_id, a.address_id)
  LEFT JOIN app.api_call_agents agent ON agent.id = coalesce(l.agent_id, a.agent_id)
  WHERE l.kind <> 2) api_calls`;

const view: View = {
  from: calls,
  columns: {
    id: 'bigint',
    request_id: 'text',
    at: 'timestamptz',
    credential_kind: 'text',
    credential_id: 'text',
    credential: 'text',
    user_id: 'bigint',
    entity_id: 'bigint',
    address: 'text',
    user_agent: 'text',
    method: 'text',
    route: 'text',
    ids: 'bigint[]',
    ids_truncated: 'boolean',
    status: 'integer',
    code: 'text',
    duration_ms: 'numeric',
    bytes_in: 'bigint',
    bytes_out: 'bigint',
    audit: 'boolean',
    summary: 'text',
    error: 'text',
  },
};

/** GET /api_calls, the latest first. Whose rows they are is said by `visibleCalls`. */
export const apiCallsList: ListDefinition = {
  view,
  attributes: {
    ...apiCall.attributes,
    at: { type: 'instant', neverNull: true },
    id: { type: 'id', neverNull: true },
    user_id: { type: 'id' },
    entity_id: { type: 'id' },
    credential: { type: 'text', description: 'Kind and id of what it was done with, like api_key:1f3e.' },
    summary: { type: 'text', description: 'The JSON of it.' },
  },
  search: ['request_id', 'route', 'code', 'credential_id'],
  defaultSort: 'at desc',
  scope: 'none',
};

/**
 * The same for who asks (contract, part 4, section 4): rows of the site that he names, or of all where he may read them; those that named none, of who may
 * read them everywhere; those of nobody who is known, of who runs the installation (S79).
 */
export function visibleCalls(): ListDefinition | Promise<ListDefinition> {
  const { principal, entity } = currentScope();
  return whenKnown(principal.rights.everywhere(), (everywhere) => {
    const mayReadAll = holds(everywhere, 'audit:read');
    const conditions = [
      entity && holds(principal.rights.at(entity.id), 'audit:read')
        ? `entity_id = ${entity.id}`
        : entity
          ? 'false'
          : sitesSql(mayReadAll, principal.rights),
      ...(mayReadAll ? ['(entity_id IS NULL AND credential_kind IS NOT NULL)'] : []),
      ...(holds(principal.rights.anywhere(), 'installation:manage') ? ['credential_kind IS NULL'] : []),
    ];
    const visible = { type: 'boolean', sql: `(${conditions.join(' OR ')})`, onlySought: true } as const;
    return { ...apiCallsList, view: { ...view, columns: { ...view.columns, visible } } };
  });
}

/** Ids come from what the caller was given, never from what he sends. */
function sitesSql(mayReadAll: boolean, rights: Rights): string {
  if (mayReadAll) return 'entity_id IS NOT NULL';
  const readable = rights.sites === 'all' ? [] : [...rights.sites].filter((site) => holds(rights.at(site), 'audit:read'));
  return readable.length > 0 ? `entity_id IN (${readable.join(', ')})` : 'false';
}

const holds = (held: Held, scope: string): boolean => held === 'all' || held.has(scope);
