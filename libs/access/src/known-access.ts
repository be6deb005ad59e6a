import { Injectable } from '@nestjs/common';
import {
  currentContext,
  EventStore,
  Rejection,
  runForEverybody,
  SharedReading,
  whenKnown,
  type Outcome,
  type Position,
} from '#millwright/event-sourcing';
import { access, accessId, scopesAt, scopesOfRole, type Access } from './domain/access.js';
import type { AccessEvent } from './domain/access.events.js';
import { requireChargeOf, type Grantor, type World } from './domain/grants.js';
import { manageInstallation, rowsOfRole, type Scope } from './domain/scopes.js';
import { EntityDirectory } from './entity-directory.js';
import { namedScopes } from './named-scopes.js';
import type { Held, Rights, Rows } from './rights.js';
import { currentScope, type Principal } from './request-scope.js';
import { noteForDeed } from './taken-for-deed.js';

/** From this age on, in milliseconds, what is known is read again behind the requests that go on with it; at twice of it they wait (S29). */
const readAgainMs = 400;

/** What everybody may do, as the log has it: of what this process appends at once, of what others append within a second. */
@Injectable()
export class KnownAccess {
  private known: Readonly<{ state: Access; begun: number }> | undefined;
  private readonly reading = new SharedReading(() => this.read());
  private readonly uses: ((roleId: number) => Promise<boolean>)[] = [];

  constructor(
    private readonly events: EventStore,
    private readonly entities: EntityDirectory,
  ) {}

  /** @throws Rejection UNAVAILABLE it is older than 800 ms, and the log cannot be asked (S29) */
  now(): Access | Promise<Access> {
    const { known } = this;
    const age = known ? Date.now() - known.begun : Infinity;
    if (known && age < readAgainMs) return this.recent(known.state);
    const next = this.reading.joined();
    if (!known || age >= 2 * readAgainMs) return next.then(({ state }) => this.recent(state));
    // Whoever waits for it is told.
    next.catch(() => undefined);
    return this.recent(known.state);
  }

  /**
   * Reads the log, so that whatever was appended before this was called, by whichever process, is known from then on.
   * @returns the position of the last of it
   * @throws Rejection UNAVAILABLE
   */
  async lookAnew(): Promise<Position> {
    const { position } = await this.reading.anew();
    return position;
  }

  /** What a person may do by what he was granted. @throws Rejection as `now` */
  rightsOf(userId: number, customerId: number): Rights | Promise<Rights> {
    return whenKnown(this.now(), (state) => new RightsOfPerson(state, userId, () => this.entities.idsOf(customerId)));
  }

  /**
   * Decides about who may do what.
   * @param step is told who decides, and what there is
   * @param sites those that it names
   * @param matches that If-Match of the request is about all of this, and not about another record
   * @throws Rejection UNAVAILABLE, PRECONDITION_FAILED, and what `step` says
   */
  async decide(
    step: (state: Access, by: Grantor, world: World) => AccessEvent[],
    { matches = false, sites = [] }: Readonly<{ matches?: boolean; sites?: readonly number[] }> = {},
  ): Promise<Outcome<Access>> {
    const by = grantorOf(currentScope().principal);
    const world = await this.askingWorld(sites);
    const context = currentContext();
    return this.events.execute(access, accessId, (state) => step(state, by, world), {
      context: matches ? context : { ...context, expectedRevisions: undefined },
    });
  }

  /** The same without appending anything: what would be refused is refused. */
  async consider(step: (state: Access, by: Grantor, world: World) => unknown, sites: readonly number[] = []): Promise<void> {
    const by = grantorOf(currentScope().principal);
    step((await this.events.load(access, accessId)).state, by, await this.askingWorld(sites));
  }

  /** Whether somebody may still come by what is a person's alone. @throws Rejection UNAVAILABLE */
  async hasChargeOf(by: Grantor, userId: number): Promise<boolean> {
    const { state } = await this.events.load(access, accessId);
    try {
      requireChargeOf(state, by, userId, { known: namedScopes(), entityIds: [] });
      return true;
    } catch (refused) {
      if (refused instanceof Rejection) return false;
      throw refused;
    }
  }

  /** Has the removal of a role ask whether something else than a person has it. */
  countUses(isUsed: (roleId: number) => Promise<boolean>): void {
    this.uses.push(isUsed);
  }

  /** Whether a machine has a role, or whoever comes by single sign-on is to get it. @throws Rejection UNAVAILABLE */
  async isUsedBesidePeople(roleId: number): Promise<boolean> {
    const used = await Promise.all(this.uses.map(async (isUsed) => isUsed(roleId)));
    return used.includes(true);
  }

  /** What decisions have to know that the log of grants does not. Sites that are named are looked up: one that was just made is in no list yet. */
  async world(named: readonly number[] = []): Promise<World> {
    const { customerId } = currentScope().principal;
    const entityIds = [...(await this.entities.idsOf(customerId))];
    for (const id of new Set(named)) {
      if (entityIds.includes(id)) continue;
      const found = await this.entities.find(customerId, id);
      if (found && !found.archived) entityIds.push(id);
    }
    return { known: namedScopes(), entityIds };
  }

  /** The same for a decision of the request: its repeats are asked for what that asks for. */
  private async askingWorld(named: readonly number[]): Promise<World> {
    const scope = currentScope();
    return { ...(await this.world(named)), asked: (scopes, entityId) => noteForDeed(scope, scopes, entityId ?? 'anywhere') };
  }

  private async read(): Promise<Readonly<{ state: Access; position: Position }>> {
    const begun = Date.now();
    const { state, position } = await runForEverybody(() => this.events.load(access, accessId));
    this.known = { state, begun };
    return { state, position };
  }

  /** What this process has appended since is known without looking. */
  private recent(state: Access): Access {
    return this.events.recent(access, accessId) ?? state;
  }
}

function grantorOf({ credential, userId, rights }: Principal): Grantor {
  if (credential.kind === 'bootstrap') return 'bootstrap';
  return credential.kind === 'session' ? { userId } : { holds: (entityId) => rights.at(entityId) };
}

/**
 * @param needed what it takes of a person, which is named where a machine is refused, whatever that may do (S68)
 * @throws Rejection INSUFFICIENT_PERMISSIONS no credential but a person's session and the bootstrap key makes, rotates or grants anything (S8)
 */
export function requirePerson({ credential: { kind } }: Principal, [needed]: readonly Scope[]): void {
  if (kind === 'bootstrap' || kind === 'session') return;
  const message = 'Only a person who has signed in, and the administrator’s key, may do this.';
  throw new Rejection('INSUFFICIENT_PERMISSIONS', message, [], { required_scope: needed });
}

/**
 * Whoever runs the issuer would have links to choose passwords sent to himself, or make them, and stay when an address opens nothing any more (S11).
 * @throws Rejection INSUFFICIENT_PERMISSIONS nothing that an e-mail address has begun changes what people sign in with
 */
export function requireNotByEmail({ byEmail }: Principal): void {
  if (byEmail)
    throw new Rejection(
      'INSUFFICIENT_PERMISSIONS',
      'What somebody signs in with is changed by no session that your e-mail address has begun at the issuer, and by no credential that such a session has made or rotated, until somebody else has rotated it.',
    );
}

const nothing: ReadonlySet<Scope> = new Set();

/** What a person may do: by the role that he has at each site. */
class RightsOfPerson implements Rights {
  constructor(
    private readonly state: Access,
    private readonly userId: number,
    private readonly entityIds: () => readonly number[] | Promise<readonly number[]>,
  ) {}

  at(entityId: number): Held {
    const { state, userId } = this;
    const isManager = state.installationManagers.has(userId);
    const roleId = state.grants.get(userId)?.get(entityId);
    if (state.suspended.has(userId) || (roleId === undefined && !isManager)) return nothing;
    // Of a role it is remembered: every request of everybody who has it asks.
    return isManager || roleId === undefined ? scopesAt(state, userId, entityId, namedScopes()) : heldBy(state, roleId);
  }

  rowsAt(entityId: number): Rows {
    return rowsOfRole(this.state.grants.get(this.userId)?.get(entityId));
  }

  anywhere(): Held {
    const held = new Set(this.ofInstallation());
    for (const entityId of this.sites) for (const scope of setOf(this.at(entityId))) held.add(scope);
    return held;
  }

  everywhere(): Held | Promise<Held> {
    return whenKnown(this.entityIds(), (ids) => {
      const [first, ...others] = ids.map((id) => setOf(this.at(id)));
      return new Set([...this.ofInstallation(), ...(first ?? nothing)].filter((scope) => others.every((held) => held.has(scope))));
    });
  }

  get sites(): ReadonlySet<number> {
    const { state, userId } = this;
    const granted = state.suspended.has(userId) ? undefined : state.grants.get(userId);
    return granted ? sitesOf(granted) : noSites;
  }

  private ofInstallation(): ReadonlySet<Scope> {
    const { state, userId } = this;
    return state.installationManagers.has(userId) && !state.suspended.has(userId) ? new Set([manageInstallation]) : nothing;
  }
}

const setOf = (held: Held): ReadonlySet<Scope> => (held === 'all' ? namedScopes() : held);

type Granted = NonNullable<ReturnType<Access['grants']['get']>>;

const noSites: ReadonlySet<number> = new Set();
const sitesOfGrants = new WeakMap<Granted, ReadonlySet<number>>();

/** The same set as long as the grants are the same, so that whoever compares sites, or remembers something of them, need not look into it. */
function sitesOf(granted: Granted): ReadonlySet<number> {
  const sites = sitesOfGrants.get(granted) ?? new Set(granted.keys());
  sitesOfGrants.set(granted, sites);
  return sites;
}

const remembered = new WeakMap<Access, Map<number, ReadonlySet<Scope>>>();

function heldBy(state: Access, roleId: number): ReadonlySet<Scope> {
  const ofState = remembered.get(state) ?? new Map<number, ReadonlySet<Scope>>();
  remembered.set(state, ofState);
  const held = ofState.get(roleId) ?? scopesOfRole(state, roleId, namedScopes()) ?? nothing;
  ofState.set(roleId, held);
  return held;
}
