import { Injectable } from '@nestjs/common';
import {
  access,
  accessId,
  builtInRoles,
  changeRole,
  defineRole,
  KnownAccess,
  namedScopes,
  removeRole,
  RoleTurns,
  scopesOf,
  scopesOfRole,
  type Access,
  type AccessEvent,
  type Grantor,
  type World,
} from '#millwright/access';
import { currentContext, EventStore, Rejection, streamName, type Outcome, type Position, type Row } from '#millwright/event-sourcing';
import { noSuchRecord } from '#millwright/resources';
import type { RoleInput } from './role.commands.js';

/** A role as it is shown; its revision is that of all that is granted. */
export type RoleRow = Row & Readonly<{ revision: number }>;

export type DecidedRole = Readonly<{ row: RoleRow; position: Position }>;

type RemovedRole = Readonly<{ row: RoleRow | null; revision: number; position: Position }>;

/** The roles that there are: those that everybody has, and the customer's own. */
@Injectable()
export class Roles {
  constructor(
    private readonly events: EventStore,
    private readonly access: KnownAccess,
    private readonly turns: RoleTurns,
  ) {}

  /** Built-in ones first. @throws Rejection UNAVAILABLE */
  async list(): Promise<RoleRow[]> {
    const { state, revision } = await this.events.load(access, accessId);
    const own = [...state.ownRoles.keys()].sort((one, other) => one - other);
    return [...builtInRoles.map(({ id }) => id), ...own].flatMap((id) => rowOf(state, revision, id) ?? []);
  }

  /** @throws Rejection NOT_FOUND, UNAVAILABLE */
  async one(id: number): Promise<RoleRow> {
    const { state, revision } = await this.events.load(access, accessId);
    return requireRow(state, revision, id);
  }

  /** @throws Rejection VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS */
  async define(said: RoleInput): Promise<DecidedRole> {
    const outcome = await this.access.decide((state, by, world) => defineRole(state, by, said, world));
    return decided(outcome, outcome.state.lastRole);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT (built in), VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS, PRECONDITION_FAILED */
  async change(id: number, said: Partial<RoleInput>): Promise<DecidedRole> {
    return decided(await this.access.decide((state, by, world) => changeRole(state, by, id, said, world), { matches: true }), id);
  }

  /**
   * `row`: the role as it was; null where an earlier try of the same request has removed it.
   * @throws Rejection NOT_FOUND, CONFLICT (built in), RECORD_IN_USE, INSUFFICIENT_PERMISSIONS, PRECONDITION_FAILED
   */
  async remove(id: number): Promise<RemovedRole> {
    return this.turns.removing(id, () => this.removed(id));
  }

  private async removed(id: number): Promise<RemovedRole> {
    let before: RoleRow | undefined;
    const remove = (state: Access, by: Grantor, world: World): AccessEvent[] => {
      before = rowOf(state, 0, id);
      return removeRole(state, by, id, world);
    };
    if (!(await this.wasRemovedBefore(id))) {
      await this.access.consider((state, by, world) => removeRole(state, by, id, world));
      if (await this.access.isUsedBesidePeople(id)) throw inUse();
    }
    const { position, revision } = await this.access.decide(remove, { matches: true });
    return { row: before ? { ...before, revision } : null, revision, position };
  }

  /** Whether an earlier try of this request may have removed it, whose answer was lost: its events say so then. */
  private async wasRemovedBefore(id: number): Promise<boolean> {
    if (currentContext().idempotency?.earlierTry?.streams[streamName(access.category, accessId)] === undefined) return false;
    return !(await this.events.load(access, accessId)).state.ownRoles.has(id);
  }

  /** Every scope that an operation or a field names, in order. */
  scopes(): Row[] {
    const known = namedScopes();
    const holders = builtInRoles.map((role) => ({ name: role.name, held: scopesOf(role, known) }));
    return [...known].sort().map((name) => ({ name, roles: holders.flatMap((role) => (role.held.has(name) ? [role.name] : [])) }));
  }
}

const inUse = (): Rejection => new Rejection('RECORD_IN_USE', 'A service account has this role, or single sign-on gives it.');

const decided = ({ state, revision, position }: Outcome<Access>, id: number): DecidedRole => ({
  row: requireRow(state, revision, id),
  position,
});

function requireRow(state: Access, revision: number, id: number): RoleRow {
  const row = rowOf(state, revision, id);
  if (!row) throw noSuchRecord();
  return row;
}

function rowOf(state: Access, revision: number, id: number): RoleRow | undefined {
  const builtIn = builtInRoles.find((role) => role.id === id);
  const name = builtIn?.name ?? state.ownRoles.get(id)?.name;
  const scopes = scopesOfRole(state, id, namedScopes());
  return name === undefined || !scopes ? undefined : { id, revision, name, built_in: builtIn !== undefined, scopes: [...scopes].sort() };
}
