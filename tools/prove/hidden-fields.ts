import { buildSchema, getNamedType, isObjectType, isRequiredArgument, type GraphQLSchema } from 'graphql';
import type { Agent } from 'undici';
import { Asker, sideBySide, type Reply, type ReplyBody } from './asker.js';
import { restWays, type RestWay } from './described-operations.js';
import { none, type Finding, type Findings } from './proof.js';
import { RoleHolders } from './role-holders.js';
import { firstSteps } from './graphql-selections.js';
import { dataSchemaOf, marked, markedOfType, resolved, type Json } from './marked-fields.js';
import { canaries, furnish, pathsAt, valueAt, type WholeSite } from './whole-site.js';

type Looker = Readonly<{ scope: string; asker: Asker; canary: RegExp }>;

/** A word that nothing has. */
const nonsense = 'qqzzxx';

const totalOf = ({ meta }: ReplyBody): number => (meta?.['pagination'] as { total?: number } | undefined)?.total ?? 0;

/** Looks for what somebody may not see in everything that he is answered (contract, part 4, "Hidden money"). */
export class HiddenFields {
  private readonly faults = { leaks: [] as string[], unnamed: [] as string[], found: [] as string[] };
  private answers = 0;
  private hidden = 0;

  private constructor(
    private readonly document: Json,
    private readonly rest: readonly RestWay[],
    private readonly schema: GraphQLSchema,
    private readonly site: WholeSite,
    private readonly lookers: readonly Looker[],
  ) {}

  static async of({ url, key, agent }: Readonly<{ url: string; key: string; agent: Agent }>): Promise<HiddenFields> {
    const administrator = new Asker(url, key, agent);
    const holders = await RoleHolders.at(url, administrator, agent);
    const site = await furnish(administrator, 1, 'Shown');
    const document = JSON.parse((await administrator.ask('GET', '/api/v1/openapi.json')).text) as Json;
    const schema = buildSchema((await administrator.ask('GET', '/api/v1/graphql/schema')).text);
    const lookers = Object.entries(canaries).map(async ([scope, texts]): Promise<Looker> => {
      const alone = texts.map((text) => (/^[\d.]+$/.test(text) ? `(?<![\\d.])${text.replace('.', '\\.')}(?!\\d)` : text));
      return { scope, asker: await holders.holdingAllBut(scope), canary: new RegExp(alone.join('|')) };
    });
    return new HiddenFields(document, restWays(document), schema, site, await Promise.all(lookers));
  }

  async findings(): Promise<Findings> {
    for (const looker of this.lookers) {
      await this.readAll(looker);
      await this.findBy(looker);
      await this.walk(looker);
      await this.write(looker);
    }
    const { leaks, unnamed, found } = this.faults;
    const claims: Finding[] = [
      none(
        'nothing that somebody may not see is in any answer, over REST, GraphQL, in what writes answer, in errors and in the past',
        leaks,
      ),
      none('what is not shown is null and named in meta.hidden or extensions.hidden', unnamed),
      none('nothing is found, filtered, sorted or grouped by what is not shown', found),
    ];
    return { claims, figures: { 'answers looked through': this.answers, 'fields that were hidden': this.hidden } };
  }

  /** Every read there is, of records that have everything; also as of the present position, which is another way to the same. */
  private async readAll(looker: Looker): Promise<void> {
    const reads = this.rest.filter(({ method, admits }) => method === 'GET' && admits === 'credentials');
    await sideBySide(reads, async (way) => {
      for (const path of pathsAt(way.path, this.site)) {
        const reply = await looker.asker.ask('GET', path);
        this.look(looker, way, path, reply);
        if (/^\/api\/v1\/(assets|parts|work_orders|users|vendors)(\/\d+)?$/.test(path)) {
          const past = await looker.asker.ask('GET', `${path}?as_of=${await this.head(looker)}`);
          this.look(looker, way, `${path}?as_of`, past);
        }
      }
    });
  }

  private async head({ asker }: Looker): Promise<string> {
    const { data } = (await asker.ask('GET', '/api/v1/audit_trail?sort=position desc&per_page=1')).body;
    return (data as readonly { position: string }[] | undefined)?.[0]?.position ?? '1';
  }

  /** Filters, sorts and searches by what the documents say is hidden. */
  private async findBy({ scope, asker, canary }: Looker): Promise<void> {
    const lists = this.rest.filter(({ method, path, admits }) => method === 'GET' && !path.includes('{') && admits === 'credentials');
    await sideBySide(lists, async ({ path }) => {
      for (const name of this.markedIn(path, scope))
        for (const query of [`sort=${name}`, `filter[${name}_gt]=1`, `filter[${name}_null]=true`, `${name}=1`, `filter={"${name}":"1"}`]) {
          const { status, body } = await asker.ask('GET', `${path}?${encodeURI(query)}`);
          const isUnknown = status === 422;
          if (!isUnknown && (status !== 403 || body.error?.required_scope !== scope)) this.faults.found.push(`${path}?${query}: ${status}`);
        }
      for (const text of canaries[scope] ?? []) {
        const { status, text: answer, body } = await asker.ask('GET', `${path}?search=${encodeURIComponent(text)}`);
        const total = totalOf(body);
        // Of a list that has nothing to search in everything is found, whatever is sought.
        const isFound = total > 0 && total > totalOf((await asker.ask('GET', `${path}?search=${nonsense}`)).body);
        // It is answered with what was searched for.
        if (status === 200 && (isFound || canary.test(answer.replaceAll(`"search":"${text}"`, ''))))
          this.faults.found.push(`${path}?search=${text}: ${total} found`);
      }
    });
  }

  /** Writes that say nothing of what is hidden: they are answered with the record, and refusals with reasons. */
  private async write(looker: Looker): Promise<void> {
    const { ids } = this.site;
    const of = (path: string): RestWay => this.rest.find((way) => way.path === `/api/v1${path}` && way.method !== 'GET') as RestWay;
    const writes: readonly (readonly [method: string, way: string, path: string, body: object])[] = [
      ['PATCH', '/parts/{id}', `/parts/${ids['parts']}`, { part: { area: looker.scope } }],
      ['PATCH', '/parts/{id}/reconcile', `/parts/${ids['parts']}/reconcile`, { quantity: '1', note: 'counted' }],
      ['PATCH', '/assets/{id}', `/assets/${ids['assets']}`, { asset: { model: looker.scope } }],
      ['PATCH', '/vendors/{id}', `/vendors/${ids['vendors']}`, { vendor: { description: looker.scope } }],
      ['PATCH', '/users/{id}', `/users/${ids['users']}`, { user: { language: looker.scope === 'costs:read' ? 'de' : 'en' } }],
      ['PATCH', '/work_orders/{id}', `/work_orders/${ids['work_orders']}`, { work_order: { description: looker.scope } }],
      ['POST', '/work_orders/{id}/parts', `/work_orders/${ids['work_orders']}/parts`, { part_id: ids['parts'], quantity: '1' }],
      ['POST', '/work_orders/{id}/parts', `/work_orders/${ids['work_orders']}/parts`, { part_id: ids['parts'], quantity: '9999' }],
      ['POST', '/work_orders', '/work_orders', { work_order: { title: 'x', asset_id: ids['assets'], technicians_ids: [ids['users']] } }],
      ['POST', '/assets', '/assets', { asset: { name: looker.scope, parts_ids: [ids['parts']], vendors_ids: [ids['vendors']] } }],
      ['POST', '/users', '/users', { user: { name: 'x', email: `canary-mail-shown@example.com` } }],
    ];
    for (const [method, way, path, body] of writes) {
      const key = { 'idempotency-key': `${looker.scope} ${path} ${JSON.stringify(body)}` };
      for (let tries = 0; tries < 2; tries += 1)
        this.look(looker, of(way), `${method} ${path}`, await looker.asker.ask(method, `/api/v1${path}`, body, key));
    }
    const ops = writes.slice(0, 3).map(([method, , path, params]) => ({ method, url: `/api/v1${path}`, params }));
    const batch = await looker.asker.ask('POST', '/api/v1/batch', { ops, sequential: true });
    batch.body.results?.forEach(({ status, body }, index) => {
      const [method, way, path] = writes[index] as (typeof writes)[number];
      this.look(looker, of(way), `${method} ${path} in a batch`, { ...batch, status, body: body ?? {}, text: JSON.stringify(body) });
    });
  }

  private look({ scope, canary }: Looker, way: RestWay, path: string, { status, text, body }: Reply): void {
    this.answers += 1;
    if (status >= 500) this.faults.leaks.push(`${path}: ${status} ${text.slice(0, 200)}`);
    const leak = canary.exec(text);
    if (leak) this.faults.leaks.push(`${path} without ${scope}: ${text.slice(Math.max(0, leak.index - 80), leak.index + 20)}`);
    if (status >= 300 || body.data === undefined) return;
    const named = new Set((body.meta?.['hidden'] as readonly string[] | undefined) ?? []);
    for (const [field, value] of marked(this.document, dataSchemaOf(this.document, way), body.data, scope)) {
      this.hidden += 1;
      if (value !== null) this.faults.leaks.push(`${path} without ${scope}: ${field} is ${JSON.stringify(value).slice(0, 60)}`);
      else if (!named.has(field)) this.faults.unnamed.push(`${path} without ${scope}: ${field}`);
    }
  }

  private markedIn(path: string, scope: string): ReadonlySet<string> {
    const names = new Set<string>();
    const [full, row] = [`${path}/{id}`, path].map((of) => this.rest.find((way) => way.path === of && way.method === 'GET'));
    for (const way of [full, row]) {
      const schema = way && resolved(this.document, dataSchemaOf(this.document, way));
      const properties =
        schema && (resolved(this.document, (schema['items'] ?? schema) as Json)['properties'] as Record<string, Json> | undefined);
      for (const [name, property] of Object.entries(properties ?? {})) if (property['x-seen-with'] === scope) names.add(name);
    }
    return names;
  }

  /** Every root field that reads, each of its fields with all that lies two steps beyond it. */
  private async walk(looker: Looker): Promise<void> {
    const roots = Object.values(this.schema.getQueryType()?.getFields() ?? {});
    const documents = roots.flatMap(({ name, args, type }) => {
      const named = getNamedType(type);
      if (!isObjectType(named)) return [];
      const given = args
        .filter(isRequiredArgument)
        .map((argument) => `${argument.name}: ${valueAt(name, String(argument.type), this.site)}`);
      const asked = given.length > 0 ? `${name}(${given.join(', ')})` : name;
      return firstSteps(named).map((selection) => `{ ${asked} { ${selection} } }`);
    });
    await sideBySide(documents, async (document) => {
      const { text, body, status } = await looker.asker.graphql(document);
      this.answers += 1;
      const leak = looker.canary.exec(text);
      if (leak || status >= 500)
        this.faults.leaks.push(
          `${document.slice(0, 60)} without ${looker.scope}: ${text.slice(Math.max(0, (leak?.index ?? 0) - 80), (leak?.index ?? 100) + 20)}`,
        );
      const hidden = new Set((body.extensions?.['hidden'] as readonly string[] | undefined) ?? []);
      for (const [path, value] of markedOfType(this.schema, body.data, looker.scope)) {
        this.hidden += 1;
        if (value !== null) this.faults.leaks.push(`${document.slice(0, 60)} without ${looker.scope}: ${path} is ${JSON.stringify(value)}`);
        else if (!hidden.has(path)) this.faults.unnamed.push(`${document.slice(0, 60)} without ${looker.scope}: ${path}`);
      }
    });
  }
}
