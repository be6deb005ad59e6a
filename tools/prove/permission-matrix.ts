import type { Agent } from 'undici';
import { Asker, logHead, sideBySide, type Failure, type Reply, type ReplyBody } from './asker.js';
import { bodyWith, documentOf, filledPath, graphqlWays, restWays, takes, type GraphqlWay, type RestWay } from './described-operations.js';
import { none, type Finding, type Findings } from './proof.js';
import { RoleHolders } from './role-holders.js';

type Way = RestWay | GraphqlWay;
/** One cell: somebody, and what he asks for. `missing` is the first scope that he lacks of what it needs. */
type Cell = Readonly<{ who: string; asker: Asker; way: Way; missing: string | undefined }>;

/** Text that is no JSON: whoever is told so had his body looked at. */
const unreadable = '{"nonsense"';
const mostOperationsOfABatch = 100;
const notInABatch = /^\/api\/v1\/(batch|graphql|access|oauth|auth|users\/[^/]+\/(invite|reset_password))(\/|$)/;
const tiers = ['core', 'starter', 'business', 'enterprise'];

/** Goes through every cell of scope x operation x role of a server that nobody else uses (contract, part 4, section 3). */
export class PermissionMatrix {
  private constructor(
    private readonly administrator: Asker,
    private readonly holders: RoleHolders,
    private readonly rest: readonly RestWay[],
    private readonly graphql: readonly GraphqlWay[],
  ) {}

  static async of({ url, key, agent }: Readonly<{ url: string; key: string; agent: Agent }>): Promise<PermissionMatrix> {
    const administrator = new Asker(url, key, agent);
    const holders = await RoleHolders.at(url, administrator, agent);
    const rest = restWays((await administrator.ask('GET', '/api/v1/openapi.json')).body);
    const { text: schema } = await administrator.ask('GET', '/api/v1/graphql/schema');
    return new PermissionMatrix(administrator, holders, rest, graphqlWays(schema, rest));
  }

  async findings(): Promise<Findings> {
    const cells = [...(await this.cellsOfRoles()), ...(await this.cellsOfScopes())];
    const claims = [
      this.saidAlike(),
      ...(await this.refusals(cells)),
      await this.fieldRefusals(),
      await this.permissions(cells),
      await this.fieldPermissions(),
      await this.tiersLocked(),
    ];
    const [refused, allowed] = [cells.filter(isRefused).length, cells.filter((cell) => !isRefused(cell)).length];
    return { claims, figures: { 'operations over REST': this.rest.length, 'root fields over GraphQL': this.graphql.length, 'refused cells': refused, 'allowed cells': allowed } }; // prettier-ignore
  }

  private get ways(): readonly Way[] {
    return [...this.rest, ...this.graphql];
  }

  /** Every built-in role, held by a person who has signed in. */
  private async cellsOfRoles(): Promise<Cell[]> {
    const roles = [...this.holders.roles];
    const people = await Promise.all(roles.map(([role]) => this.holders.person(role)));
    return roles.flatMap(([role, held], index) =>
      this.ways.map((way) => ({ who: role, asker: people[index] as Asker, way, missing: missingOf(way, (scope) => held.has(scope)) })),
    );
  }

  /** What each way needs and no more, and everything but each of it. */
  private async cellsOfScopes(): Promise<Cell[]> {
    const cells: Cell[] = [];
    for (const way of this.ways) {
      for (const enough of way.anyOf.length > 0 ? way.anyOf.map((scope) => [scope]) : [way.scopes])
        cells.push({ who: 'just enough', asker: await this.holders.holding(enough), way, missing: undefined });
      if (way.anyOf.length > 0) cells.push({ who: 'nothing', asker: await this.holders.holding([]), way, missing: way.anyOf[0] });
      for (const scope of way.scopes)
        cells.push({ who: `all but ${scope}`, asker: await this.holders.holdingAllBut(scope), way, missing: scope });
    }
    return cells;
  }

  private saidAlike(): Finding {
    const differing = this.graphql.filter(({ operation, scopes, anyOf }) => {
      const same = this.rest.find((way) => way.operation === operation);
      return same && same.scopes.join() !== scopes.join() && !same.scopes.every((scope) => anyOf.includes(scope));
    });
    return none('what is called alike needs the same over both edges', differing.map(({ way }) => way)); // prettier-ignore
  }

  private async refusals(cells: readonly Cell[]): Promise<Finding[]> {
    const wrong: string[] = [];
    const appended: string[] = [];
    for (const [who, own] of byWho(cells.filter(isRefused))) {
      const before = await logHead(this.administrator);
      await sideBySide(own, async (cell) => {
        const fault = faultOfRefusal(cell, await send(cell, unreadable));
        if (fault !== undefined) wrong.push(`${who}, ${cell.way.way}: ${fault}`);
      });
      for (const batch of batchesOf(own)) wrong.push(...(await faultsOfBatch(who, batch)));
      const after = await logHead(this.administrator);
      if (after !== before) appended.push(`${who}: ${before} to ${after}`);
    }
    return [
      none('what is forbidden is 403 and names the first scope that is missing, alone and in batches, before the body is looked at', wrong),
      none('what is forbidden appends nothing', appended),
    ];
  }

  private async permissions(cells: readonly Cell[]): Promise<Finding> {
    const wrong: string[] = [];
    const allowed = cells.filter((cell) => !isRefused(cell));
    // Whoever signs out can ask for nothing more.
    const isLast = ({ way }: Cell): boolean => way.operation === 'signOut';
    for (const some of [allowed.filter((cell) => !isLast(cell)), allowed.filter(isLast)])
      await sideBySide(some, async (cell) => {
        const fault = faultOfPermission(cell.way, await send(cell, {}));
        if (fault !== undefined) wrong.push(`${cell.who}, ${cell.way.way}: ${fault}`);
      });
    return none('what is allowed is not refused for want of a right', wrong);
  }

  /** Saying something in a field that takes a right of its own, by who has all but that right. */
  private async fieldRefusals(): Promise<Finding> {
    const wrong: string[] = [];
    for (const { scope } of this.saidFields()) await this.holders.holdingAllBut(scope);
    const before = await logHead(this.administrator);
    await sideBySide(this.saidFields(), async ({ way, field, scope }) => {
      const asker = await this.holders.holdingAllBut(scope);
      const fault = faultOfRefusal({ who: '', asker, way, missing: scope }, await say(asker, way, field));
      if (fault !== undefined) wrong.push(`${way.way}, ${field}: ${fault}`);
    });
    const after = await logHead(this.administrator);
    if (after !== before) wrong.push(`something was appended: ${before} to ${after}`);
    return none('a field that takes a right of its own is not written without it', wrong);
  }

  private async fieldPermissions(): Promise<Finding> {
    const wrong: string[] = [];
    await sideBySide(this.saidFields(), async ({ way, field, scope }) => {
      const fault = faultOfPermission(way, await say(await this.holders.holding([...way.scopes, scope]), way, field));
      if (fault !== undefined) wrong.push(`${way.way}, ${field}: ${fault}`);
    });
    return none('a field that takes a right of its own is written with it', wrong);
  }

  private saidFields(): readonly Readonly<{ way: Way; field: string; scope: string }>[] {
    return this.ways.flatMap((way) =>
      Object.entries(way.fieldScopes)
        .filter(([field]) => way.kind === 'rest' || takes(way, field))
        .map(([field, scope]) => ({ way, field, scope })),
    );
  }

  private async tiersLocked(): Promise<Finding> {
    const wrong: string[] = [];
    const before = (await this.administrator.data<{ tier: string }>('GET', '/installation')).tier;
    for (const tier of tiers) {
      await this.administrator.data('PATCH', '/installation', { tier });
      await sideBySide(this.rest, async (way) => {
        const { status, body } = await this.administrator.ask(
          way.method,
          filledPath(way.path),
          way.method === 'GET' ? undefined : unreadable,
        );
        const isLocked = status === 403 && body.error?.code === 'TIER_FEATURE_LOCKED' && body.error.required_tier === way.tier;
        if (isLocked !== tiers.indexOf(way.tier) > tiers.indexOf(tier)) wrong.push(`${tier}, ${way.way}: ${status} ${body.error?.code}`);
      });
    }
    await this.administrator.data('PATCH', '/installation', { tier: before });
    return none('each tier has what the documents say, and all else is 403 and names the tier', wrong);
  }
}

function missingOf({ scopes, anyOf }: Way, holds: (scope: string) => boolean): string | undefined {
  return scopes.find((scope) => !holds(scope)) ?? (anyOf.some(holds) ? undefined : anyOf[0]);
}

const isRefused = ({ missing }: Cell): boolean => missing !== undefined;

function byWho(cells: readonly Cell[]): ReadonlyMap<string, Cell[]> {
  const found = new Map<string, Cell[]>();
  for (const cell of cells) found.set(cell.who, [...(found.get(cell.who) ?? []), cell]);
  return found;
}

function send({ asker, way }: Cell, body: unknown): Promise<Reply> {
  if (way.kind === 'graphql') return asker.graphql(documentOf(way));
  return asker.ask(way.method, filledPath(way.path), way.method === 'GET' || way.method === 'DELETE' ? undefined : body);
}

/** Something that is said of a field is no value of it: it is looked at only by whoever may say it. */
function say(asker: Asker, way: Way, field: string): Promise<Reply> {
  if (way.kind === 'rest') return asker.ask(way.method, filledPath(way.path), bodyWith(way.bodyRoot, field, '1'));
  return asker.graphql(documentOf(way, { path: field, value: '1' }));
}

function faultOfRefusal({ way, missing }: Cell, { status, headers, body, text }: Reply): string | undefined {
  if (way.kind === 'rest') {
    const challenge = `Bearer error="insufficient_scope", scope="${missing}"`;
    const isRight = status === 403 && refuses(body.error, missing) && headers['www-authenticate'] === challenge;
    return isRight ? undefined : `${status} ${text.slice(0, 200)}`;
  }
  const [error, ...others] = body.errors ?? [];
  // What is never null is null together with what it stands in.
  const data = (body.data ?? { [way.field.name]: body.data }) as Readonly<Record<string, unknown>>;
  const isRight = status === 200 && others.length === 0 && data[way.field.name] === null && refuses(error?.extensions, missing);
  return isRight ? undefined : `${status} ${text.slice(0, 200)}`;
}

const refuses = (failure: Failure | undefined, missing: string | undefined): boolean =>
  failure?.code === 'INSUFFICIENT_PERMISSIONS' && failure.required_scope === missing;

function faultOfPermission(way: Way, { status, body, text }: Reply): string | undefined {
  const codes = way.kind === 'rest' ? [body.error?.code] : (body.errors ?? []).map(({ extensions }) => extensions?.code);
  const isUnknown = way.kind === 'rest' && way.admits === 'everybody' ? false : status === 401;
  // Of a document that does not fit the schema nothing is asked: it would be allowed to everybody.
  const isUnasked = way.kind === 'graphql' && status !== 200;
  const isRefusedAll = status === 403 || status >= 500 || isUnknown || isUnasked || codes.includes('INSUFFICIENT_PERMISSIONS');
  return isRefusedAll ? `${status} ${text.slice(0, 200)}` : undefined;
}

/** What of somebody's cells can be asked for in batches, as many as one takes. */
function batchesOf(cells: readonly Cell[]): Readonly<{ cell: Cell; way: RestWay }>[][] {
  const inBatches = cells.flatMap((cell) => (cell.way.kind === 'rest' && isInBatches(cell.way) ? [{ cell, way: cell.way }] : []));
  const batches: Readonly<{ cell: Cell; way: RestWay }>[][] = [];
  for (let from = 0; from < inBatches.length; from += mostOperationsOfABatch)
    batches.push(inBatches.slice(from, from + mostOperationsOfABatch));
  return batches;
}

const isInBatches = ({ path }: RestWay): boolean => path.startsWith('/api/v1/') && !notInABatch.test(path);

async function faultsOfBatch(who: string, batch: readonly Readonly<{ cell: Cell; way: RestWay }>[]): Promise<string[]> {
  const [first] = batch;
  if (!first) return [];
  const ops = batch.map(({ way: { method, path } }) => ({
    method,
    url: filledPath(path),
    ...(method !== 'GET' && { params: { nonsense: 1 } }),
  }));
  const { status, body, text } = await first.cell.asker.ask('POST', '/api/v1/batch', { ops, sequential: true });
  if (status !== 200 || body.results?.length !== batch.length) return [`${who}, a batch: ${status} ${text.slice(0, 200)}`];
  return batch.flatMap(({ cell, way }, index) => {
    const { status: inner, body: said }: { status: number; body: ReplyBody | null } = body.results?.[index] ?? { status: 0, body: null };
    return inner === 403 && refuses(said?.error, cell.missing) ? [] : [`${who}, ${way.way} in a batch: ${inner} ${said?.error?.code}`];
  });
}
