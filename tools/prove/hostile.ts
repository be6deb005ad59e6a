import { randomBytes } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { Agent } from 'undici';
import type { ServerProcess } from '../server-process.js';
import { Asker, settledHead, sideBySide, type Reply } from './asker.js';
import { restWays } from './described-operations.js';
import { crossSiteFaults, forgedTokens, hostileForms, signingKeyOf } from './hostile-credentials.js';
import { hostileDocuments } from './hostile-documents.js';
import { HostileRequests, secret, statusesOf, type Attack } from './hostile-requests.js';
import type { Json } from './marked-fields.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import { withServer } from './with-server.js';

const password = `${secret}-seventeen-kettles`;
const attacksOfARound = 120;
const atOnce = 6;
/** What was refused first may be taken later, for others have made what it needs; so often it is looked whether that has come to an end. */
const mostRounds = 5;
const secretKey = randomBytes(24).toString('hex');
/** What the edge may say to any request, whatever it was meant for. */
const ofTheEdge = new Set([400, 404, 405, 413, 414, 415, 431]);
/** What only the inside knows: stacks, files, statements, and what the program is built of. */
const inside = /\bat [\w.<>]+ \(|node_modules|\/libs\/|\.[jt]s:\d|\b(SELECT|INSERT|UPDATE) [\w"(]|relation "|syntax error at|pg_|typeorm|fastify|mercurius|nestjs|class-validator|undici|(Type|Range|Reference|Syntax)Error/i; // prettier-ignore

const printed: string[] = [];

/** R7: bad input gets a clear error. */
await prove(
  'R7: whatever is sent, the answer is clear, nothing is appended that was refused, and nothing secret is printed',
  60,
  (circumstances) =>
    withServer((server) => attack(server, circumstances), {
      environment: { LOG_LEVEL: 'debug', SECRET_KEY: secretKey },
      hears: (text) => void printed.push(text),
    }),
);

async function attack({ url, key, pid, dataDir }: ServerProcess, { seconds, random }: Circumstances): Promise<Findings> {
  const agent = new Agent({ connections: 8 });
  const administrator = new Asker(url, key, agent);
  const faults = { answers: [] as string[], appended: [] as string[] };
  const document = JSON.parse((await administrator.ask('GET', '/api/v1/openapi.json')).text) as Json;
  const requests = new HostileRequests(document, restWays(document), random);
  const codes = codesOf(document);
  const judge = ({ way, what }: Attack, reply: Reply): void => {
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
    const documented = way ? new Set([...statusesOf(document, way), ...ofTheEdge]) : undefined;
    const fault = faultOf(reply, codes, what.startsWith('oauth') || way?.path.startsWith('/api/v1/oauth') === true, documented);
    if (fault !== undefined) faults.answers.push(`${what}: ${fault}`);
  };
  const until = performance.now() + seconds * 1000;
  const statuses = new Map<number, number>();
  const go = async (attacks: readonly Attack[]): Promise<void> => {
    faults.appended.push(...(await appendedBy(administrator, attacks, judge)));
  };
  await go(hostileDocuments);
  const tokens = await tokenFaults({ administrator, url, agent, dataDir }, go);
  const crossSite = await cookieFaults(administrator);
  do await go(Array.from({ length: attacksOfARound }, () => requests.drawn()));
  while (performance.now() < until);
  const alive = await administrator.ask('GET', '/health/ready');
  const found = printed
    .join('')
    .split('\n')
    .filter((line) => line.includes(secret) || line.includes(key) || line.includes(secretKey));
  await agent.close();
  return {
    claims: [
      none('no answer is a fault of ours, without a stable code, undocumented, or tells of the inside', faults.answers),
      none('what was refused appended nothing', faults.appended),
      none('no credential that somebody made himself opens anything', tokens),
      none('no page of somebody else writes with a person’s cookie', crossSite),
      none('the server is the one that was started', alive.status === 200 && isRunning(pid) ? [] : [`it answers ${alive.status}`]),
      none(
        'nothing secret was printed',
        found.map((line) => line.slice(0, 200)),
      ),
    ],
    figures: {
      'hostile requests': [...statuses.values()].reduce((sum, many) => sum + many, 0),
      'by status': [...statuses].sort(([one], [other]) => one - other).map(([status, many]) => `${status}: ${many}`).join(', '), // prettier-ignore
      'lines that the server printed': printed.join('').split('\n').length,
    },
  };
}

/** Sends them all; then again what was refused, which may have appended nothing. */
async function appendedBy(asker: Asker, attacks: readonly Attack[], judge: (attack: Attack, reply: Reply) => void): Promise<string[]> {
  const send = ({ method, path, body, headers }: Attack): Promise<Reply> => asker.ask(method, path, body, headers);
  let refused: Attack[] = [];
  await sideBySide(
    attacks,
    async (attack) => {
      const reply = await send(attack);
      judge(attack, reply);
      if (reply.status >= 400 || reply.body.errors !== undefined) refused.push(attack);
    },
    atOnce,
  );
  for (let round = 0; round < mostRounds; round += 1) {
    const before = await settledHead(asker);
    const stillRefused: Attack[] = [];
    await sideBySide(
      refused,
      async (attack) => {
        const { status, body } = await send(attack);
        if (status >= 400 || body.errors !== undefined) stillRefused.push(attack);
      },
      atOnce,
    );
    const after = await settledHead(asker);
    if (stillRefused.length === refused.length) {
      const events = after === before ? [] : await eventsAfter(asker, before);
      return events.length > 0 ? [`after ${before}: ${events.join(', ')}`] : [];
    }
    // What was taken this time may have appended; all others are judged without it.
    refused = stillRefused;
  }
  return [`what is refused is taken again and again: ${refused.length} of ${attacks.length}`];
}

/** What somebody has done since, at any site or for the whole customer; timers and what follows from earlier events go on meanwhile. */
async function eventsAfter(asker: Asker, position: string): Promise<string[]> {
  const since = `/api/v1/audit_trail?filter[position_gt]=${position}`;
  const sites = await asker.data<readonly Readonly<{ id: number }>[]>('GET', '/entities?per_page=1000');
  const asked = [...sites.map(({ id }) => [since, String(id)] as const), [`${since}&of_customer=true`, '1'] as const];
  const events: Readonly<{ position: string; type: string; stream: string; actor: { kind: string } }>[] = [];
  await sideBySide(
    asked,
    async ([path, site]) => {
      const { status, text, body } = await asker.ask('GET', path, undefined, { 'x-entity-id': site });
      if (status !== 200) throw new Error(`${path} cannot be read at ${site}: ${status} ${text.slice(0, 200)}`);
      events.push(...(body.data as typeof events));
    },
    atOnce,
  );
  return events
    .filter(({ actor }) => actor.kind !== 'process_manager' && actor.kind !== 'system')
    .map((event) => `${event.position} ${event.type} on ${event.stream}`);
}

function faultOf(
  { status, headers, text, body }: Reply,
  codes: ReadonlySet<string>,
  isOAuth: boolean,
  documented: ReadonlySet<number> | undefined,
): string | undefined {
  const told = `${status} ${text.slice(0, 200)}`;
  if (status >= 500 && !(status === 503 && headers['retry-after'] !== undefined)) return told;
  if (documented && !documented.has(status)) return `undocumented ${told}`;
  if (status < 400 && body.errors === undefined) return undefined;
  const leak = inside.exec(text);
  if (leak) return `says ${leak[0]}: ${told}`;
  if (isOAuth)
    return typeof (body as { error?: unknown }).error === 'string' || body.error?.code !== undefined ? undefined : `no error: ${told}`;
  const failures = body.errors ? body.errors.map(({ extensions }) => extensions) : [body.error];
  const isClear = failures.every((failure) => codes.has(failure?.code ?? '') && failure?.request_id !== undefined);
  return isClear ? undefined : `no stable code: ${told}`;
}

function codesOf(document: Json): ReadonlySet<string> {
  const { Error: error } = (document['components'] as { schemas: Record<string, unknown> }).schemas;
  const { properties } = error as { properties: { error: { properties: { code: { enum: string[] } } } } };
  return new Set(properties.error.properties.code.enum);
}

async function tokenFaults(
  { administrator, url, agent, dataDir }: Readonly<{ administrator: Asker; url: string; agent: Agent; dataDir: string }>,
  go: (attacks: readonly Attack[]) => Promise<void>,
): Promise<string[]> {
  type Client = Readonly<{ client_id: string; client_secret: string }>;
  const wanted = { name: 'hostile', scopes: ['parts:read'], entity_ids: [1] };
  const client = await administrator.data<Client>('POST', '/access/clients', wanted);
  await go(hostileForms(client));
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...{ client_id: client.client_id, client_secret: client.client_secret },
  });
  const plain = { authorization: undefined, 'content-type': 'application/x-www-form-urlencoded' };
  const issued = await administrator.ask('POST', '/api/v1/oauth/token', form.toString(), plain);
  const { access_token: good } = JSON.parse(issued.text) as { access_token: string };
  const { keys } = JSON.parse((await administrator.ask('GET', '/.well-known/jwks.json')).text) as { keys: Record<string, string>[] };
  const opens = async (token: string): Promise<number> => (await new Asker(url, token, agent).ask('GET', '/api/v1/parts')).status;
  const faults = (await opens(good)) === 200 ? [] : ['the good one opens nothing either'];
  const genuine = await signingKeyOf(dataDir, secretKey, decodeProtectedHeader(good).kid ?? '');
  const { accepted, refused } = forgedTokens(good, keys, genuine);
  const judged = [...[...accepted].map(([what, token]) => [what, token, 200] as const), ...[...refused].map(([what, token]) => [what, token, 401] as const)]; // prettier-ignore
  for (const [what, token, answer] of judged) {
    const status = await opens(token);
    if (status !== answer) faults.push(`${what}: ${status}`);
  }
  return faults;
}

async function cookieFaults(administrator: Asker): Promise<string[]> {
  const email = 'browser@example.com';
  const user = { name: 'Browser', email, permissions_attributes: [{ entity_id: 1, role: 'admin' }] };
  const { id } = await administrator.data<{ id: number }>('POST', '/users', { user });
  const { token } = await administrator.data<{ token: string }>('POST', `/users/${id}/invite`);
  await administrator.data('POST', '/auth/accept_invitation', { token, password });
  return crossSiteFaults(administrator, { email, password });
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}
