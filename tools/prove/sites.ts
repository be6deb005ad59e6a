import { Agent } from 'undici';
import { Asker, sideBySide, type Reply } from './asker.js';
import { nobodysId, restWays } from './described-operations.js';
import type { Json } from './marked-fields.js';
import { Probes, type Probe, type Question } from './probes.js';
import { none, percentile, prove, type Finding } from './proof.js';
import type { Random } from './random.js';
import { RoleHolders } from './role-holders.js';
import { withServer } from './with-server.js';
import { furnish, pathsAt } from './whole-site.js';

/** So many are asked however little time there is: what was not asked does not hold. */
const leastQuestions = 40;

/** What belongs to the delivery of an answer, and how long it is where it says the number that was asked for. */
const headersOfDelivery = ['date', 'connection', 'keep-alive', 'x-request-id', 'content-length'];

/** R6: nobody sees a site, or an order, that is not his. */
await prove('R6: what is of another site, or of somebody else, answers byte for byte as what is not there', 120, ({ seconds, random }) =>
  withServer(async ({ url, key }) => {
    const agent = new Agent({ connections: 8 });
    const administrator = new Asker(url, key, agent);
    const holders = await RoleHolders.at(url, administrator, agent);
    const { id } = await administrator.data<{ id: number }>('POST', '/entities', { entity: { name: 'Elsewhere' } });
    const [own, other] = [await furnish(administrator, 1, 'Alpha'), await furnish(administrator, 1, 'Gamma')];
    const foreign = await furnish(new Asker(url, key, agent, id), id, 'Beta');
    const document = JSON.parse((await administrator.ask('GET', '/api/v1/openapi.json')).text) as Json;
    const schema = (await administrator.ask('GET', '/api/v1/graphql/schema')).text;
    const rest = restWays(document);
    const everywhere = (probes: Probes): Probe[] => [
      ...probes.inPaths(),
      ...probes.inBodies(),
      ...probes.inQueries(),
      ...probes.inGraphql(schema),
      ...probes.inHeaders(),
    ];
    const sites = everywhere(new Probes(document, rest, own, foreign));
    const orders = everywhere(new Probes(document, rest, own, other, /^(work_orders|timers)/));
    const requests = everywhere(new Probes(document, rest, own, other, /^work_order_requests/));
    const people = [
      ['an administrator of another site', await holders.person('admin'), sites],
      ['a key for another site', await holders.key(holders.scopes.filter((scope) => scope !== 'installation:manage')), sites],
      ['a technician about an order of others', await holders.signedIn(own.ids['users'] ?? 0), orders],
      ['a requester about a request of others', await holders.person('requester'), requests],
    ] as const;
    const elsewhere = new Asker(url, key, agent, id);
    const before = await written(elsewhere);
    const claims: Finding[] = [];
    const times: Record<string, string> = {};
    for (const [who, asker, probes] of people) {
      const until = performance.now() + (seconds * 1000) / people.length;
      const compared = await compare(asker, shuffled(probes, random), until);
      claims.push(none(`${who} is told the same, ${compared.count} of ${probes.length} questions`, compared.differing));
      times[`${who}, medians`] = compared.medians;
    }
    const after = await written(elsewhere);
    claims.push(none('nothing is written at the other site', after === before ? [] : [`${before} events before, ${after} after`]));
    claims.push(await namesNobody(people[0][1], own, rest));
    await agent.close();
    return { claims, figures: times };
  }),
);

/** How much has happened at a site. */
async function written(asker: Asker): Promise<number> {
  const { meta } = (await asker.ask('GET', '/api/v1/audit_trail?per_page=1')).body;
  return (meta?.['pagination'] as { total: number }).total;
}

/** In an order that the seed decides, so that a short run sees something of everything. */
function shuffled(probes: readonly Probe[], random: Random): Probe[] {
  const placed = probes.map((probe) => ({ probe, place: random.next() }));
  return placed.sort((one, other) => one.place - other.place).map(({ probe }) => probe);
}

type Compared = Readonly<{ differing: string[]; count: number; medians: string }>;

async function compare(asker: Asker, probes: readonly Probe[], until: number): Promise<Compared> {
  const differing: string[] = [];
  const [foreign, absent]: [number[], number[]] = [[], []];
  await sideBySide(
    probes,
    async (probe) => {
      if (foreign.length >= leastQuestions && performance.now() > until) return;
      const one = await timed(asker, probe.foreign, foreign);
      const other = await timed(asker, probe.absent, absent);
      const [told, same] = [said(one), said(other).replaceAll(String(nobodysId), String(probe.id))];
      if (told !== same) differing.push(`${probe.what}: ${differenceOf(told, same)}`);
    },
    4,
  );
  return {
    differing,
    count: foreign.length,
    medians: `${percentile(foreign, 0.5).toFixed(1)} ms of others, ${percentile(absent, 0.5).toFixed(1)} ms of nothing`,
  };
}

async function timed(asker: Asker, { method, path, body, entityId }: Question, times: number[]): Promise<Reply> {
  const started = performance.now();
  const reply = await asker.ask(method, path, body, entityId === undefined ? {} : { 'x-entity-id': String(entityId) });
  times.push(performance.now() - started);
  return reply;
}

/** Where two texts part. */
function differenceOf(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `${one.slice(0, 3)} …${one.slice(from, at + 100)} | ${other.slice(0, 3)} …${other.slice(from, at + 100)}`;
}

/** An answer without what is each request's own: a cursor holds a digest of what was asked. */
function said({ status, headers, text }: Reply): string {
  const kept = Object.entries(headers).filter(([name]) => !headersOfDelivery.includes(name));
  return `${status} ${text.replace(/"request_id":"[^"]*"/g, '').replace(/"(hours|process_time)":[\d.]+|"next_cursor":"[^"]*"/g, '')} ${JSON.stringify(kept)}`;
}

/** No read at one site says what is called so at another. */
async function namesNobody(asker: Asker, own: Parameters<typeof pathsAt>[1], rest: ReturnType<typeof restWays>): Promise<Finding> {
  const wrong: string[] = [];
  const reads = rest.filter(({ method, admits }) => method === 'GET' && admits === 'credentials');
  await sideBySide(reads, async ({ path: pattern }) => {
    for (const path of pathsAt(pattern, own)) {
      const { text } = await asker.ask('GET', path);
      const found = /Beta (hall|store|pump|seal|round|service|portal|leaks|repair|done|says|asks)|Elsewhere/.exec(text);
      if (found) wrong.push(`${path}: ${text.slice(Math.max(0, found.index - 100), found.index + 30)}`);
    }
  });
  return none('no read at one site names what is at another', wrong);
}
