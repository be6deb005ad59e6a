import { Injectable } from '@nestjs/common';
import {
  access,
  accessId,
  builtInRoles,
  changeRole,
  currentScope,
  defineRole,
  KnownAccess,
  namedScopes,
  removeRole,
  requirePerson,
  scopesOf,
  scopesOfRole,
  type Access,
} from '#millwright/access';
import { EventStore, Rejection, type Outcome } from '#millwright/event-sourcing';
import { Answer, noSuchRecord } from '#millwright/resources';
import type { RoleInput } from './role.commands.js';
import type { ShownRole, ShownScope } from './role.shown.js';

/** The roles that there are: those that everybody has, and the customer's own. */
@Injectable()
export class Roles {
  constructor(
    private readonly events: EventStore,
    private readonly access: KnownAccess,
  ) {}

  /** Built-in ones first. @throws Rejection UNAVAILABLE */
  async list(): Promise<ShownRole[]> {
    const { state } = await this.events.load(access, accessId);
    const own = [...state.ownRoles.keys()].sort((one, other) => one - other);
    return [...builtInRoles.map(({ id }) => id), ...own].flatMap((id) => shownRole(state, id) ?? []);
  }

  /** @throws Rejection NOT_FOUND, UNAVAILABLE */
  async one(id: number): Promise<Answer<ShownRole>> {
    const { state, revision } = await this.events.load(access, accessId);
    return new Answer(requireShown(state, id), { revision });
  }

  /** @throws Rejection VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS */
  async define(said: RoleInput): Promise<Answer<ShownRole>> {
    requirePerson(currentScope().principal);
    const outcome = await this.access.decide((state, by, world) => defineRole(state, by, said, world));
    return answerOf(outcome, outcome.state.lastRole);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT (built in), VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS, PRECONDITION_FAILED */
  async change(id: number, said: Partial<RoleInput>): Promise<Answer<ShownRole>> {
    requirePerson(currentScope().principal);
    return answerOf(await this.access.decide((state, by, world) => changeRole(state, by, id, said, world), { matches: true }), id);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT (built in), RECORD_IN_USE, INSUFFICIENT_PERMISSIONS, PRECONDITION_FAILED */
  async remove(id: number): Promise<Answer<null>> {
    requirePerson(currentScope().principal);
    await this.access.consider((state, by, world) => removeRole(state, by, id, world));
    if (await this.access.isUsedBesidePeople(id))
      throw new Rejection('RECORD_IN_USE', 'A service account has this role, or single sign-on gives it.');
    const { position, revision } = await this.access.decide((state, by, world) => removeRole(state, by, id, world), { matches: true });
    return new Answer(null, { position, revision });
  }

  /** Every scope that an operation or a field names, in order. */
  scopes(): ShownScope[] {
    const known = namedScopes();
    const holders = builtInRoles.map((role) => ({ name: role.name, held: scopesOf(role, known) }));
    return [...known].sort().map((name) => ({ name, roles: holders.flatMap((role) => (role.held.has(name) ? [role.name] : [])) }));
  }
}

const answerOf = ({ state, revision, position }: Outcome<Access>, id: number): Answer<ShownRole> =>
  new Answer(requireShown(state, id), { revision, position });

function requireShown(state: Access, id: number): ShownRole {
  const shown = shownRole(state, id);
  if (!shown) throw noSuchRecord();
  return shown;
}

function shownRole(state: Access, id: number): ShownRole | undefined {
  const builtIn = builtInRoles.find((role) => role.id === id);
  const name = builtIn?.name ?? state.ownRoles.get(id)?.name;
  const scopes = scopesOfRole(state, id, namedScopes());
  return name === undefined || !scopes ? undefined : { id, name, built_in: builtIn !== undefined, scopes: [...scopes].sort() };
}
