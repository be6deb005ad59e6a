import type { Operation } from '#millwright/resources';
import type { Tier } from '#millwright/access';

/** What a request must bring: a key and a site (the rule), a key and a site if it likes, a key only, or nothing. */
export type Admission = 'open' | 'key' | 'key, maybe entity' | 'key and entity';

/**
 * The exceptions to the rule, by the route's pattern. What is not listed here needs a key and `X-Entity-Id`,
 * so a route that is forgotten is closed, not open.
 */
const exceptions: readonly Readonly<{ route: RegExp; admission: Admission }>[] = [
  { route: /^\/health\//, admission: 'open' },
  { route: /^\/(favicon\.ico)?$/, admission: 'open' },
  { route: /^\/app(\/|$)/, admission: 'open' },
  { route: /^\/docs(\/|$)/, admission: 'open' },
  { route: /^\/graphiql(\/|$)/, admission: 'open' },
  { route: /^\/api\/v1\/openapi\.json$/, admission: 'open' },
  { route: /^\/api\/v1\/graphql\/schema$/, admission: 'open' },
  { route: /^\/api\/v1\/portal\//, admission: 'open' },
  { route: /^\/\.well-known\//, admission: 'open' },
  {
    route: /^\/api\/v1\/auth(\/(login|refresh|setup|accept_invitation|forgot_password|reset_password|oidc\/(start|callback|token)))?$/,
    admission: 'open',
  },
  { route: /^\/api\/v1\/auth\//, admission: 'key' },
  { route: /^\/api\/v1\/oauth\//, admission: 'open' },
  { route: /^\/metrics$/, admission: 'key' },
  { route: /^\/api\/v1\/entities$/, admission: 'key' },
  { route: /^\/api\/v1\/access\//, admission: 'key, maybe entity' },
  { route: /^\/api\/v1\/(limits|installation)$/, admission: 'key' },
  { route: /^\/api\/v1\/api_calls(\/|$)/, admission: 'key, maybe entity' },
];

export const admissionOf = (route: string): Admission =>
  exceptions.find((exception) => exception.route.test(route))?.admission ?? 'key and entity';

const installation = ['installation:manage'];

/** What a route needs that is no operation. */
export const scopesOutside = (route: string): readonly string[] => (route === '/metrics' ? installation : []);

/** What every tier may write, for without it nobody could sign in or let others (S75). */
const inEveryTier = /^\/api\/v1\/(auth|oauth|access)(\/|$)/;

/** The tier a route needs: what its operation says; what only reads is in all of them (S75, S95), and portals take nothing where nobody may write. */
export function tierOf(route: string, method: string, operation?: Pick<Operation, 'tier'>): Tier {
  if (operation?.tier !== undefined) return operation.tier;
  if (route === '/api/v1/graphql') return 'business';
  const writes = method !== 'GET' && method !== 'HEAD';
  return writes && !inEveryTier.test(route) ? 'starter' : 'core';
}

/** Under `/api/v1` everything is an operation but the documents, and GraphQL, whose root fields are. */
export const isOperation = (route: string): boolean => /^\/api\/v1\/(?!(openapi\.json|graphql(\/schema)?)$)/.test(route);

/** Where people sign in and out, and what they are known by. */
export const isSignIn = (route: string): boolean => /^\/api\/v1\/auth(\/|$)/.test(route);

/** What tells secrets, or is told them, is carried out anew however often it is asked (contract, part 4, S12). */
export const heedsIdempotencyKeys = (route: string): boolean => !/^\/api\/v1\/(auth|oauth)(\/|$)/.test(route);

/** Bodies of these routes carry many records at once and may be larger. */
const bulkRoutes = new Set(['/api/v1/batch']);

const megabyte = 1_000_000;

export const bodyLimitBytes = megabyte;

/** Whoever needs no account says less. */
const portalLimitBytes = 64_000;

/** Where clients of OAuth speak its own words. */
export const isOAuth = (route: string): boolean => route.startsWith('/api/v1/oauth/');

/** What the interface is described in, for everybody. */
export const isDocument = (route: string): boolean => route === '/api/v1/openapi.json' || route === '/api/v1/graphql/schema';

export const isPortal = (route: string): boolean => route.startsWith('/api/v1/portal/');

export function bodyLimitOf(route: string): number {
  if (isPortal(route)) return portalLimitBytes;
  return bulkRoutes.has(route) ? 5 * megabyte : bodyLimitBytes;
}

/** Whether a route (`/parts/:id/restock`, in OpenAPI `/parts/{id}/restock`) names one record, which has a revision to match. */
export const isAboutOneRecord = (route: string): boolean => /[:{]id\b/.test(route);

export const isRead = ({ method }: Readonly<{ method: string }>): boolean => method === 'GET' || method === 'HEAD';
