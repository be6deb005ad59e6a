import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  access,
  builtInRoles,
  builtInUserId,
  currentScope,
  grantRole,
  KnownAccess,
  requireAllOf,
  requireNotByEmail,
  requirePerson,
  resumeAccess,
  revokeRole,
  type Access,
  type AccessEvent,
  type Grantor,
  type World,
} from '#millwright/access';
import { EventStore, ProjectionEngine, Rejection, type Detail } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { users, UserSuspensions, type PermissionInput } from '#millwright/people';
import { PlainWriter, ResourceWriters, type ResourceCommands, type Written } from '#millwright/resources';

type UserInput = Readonly<{ permissions_attributes?: readonly PermissionInput[] | null }>;

/** How long an answer waits for the read models to show what was granted, in milliseconds. */
const longestWaitMs = 2_000;

/** What somebody signs in with: whoever changes it could sign in as him (S2). */
const identifying = ['email', 'login_identifier'];

/** Writes people, and what they may do. */
@Injectable()
export class UserWriter implements ResourceCommands, OnModuleInit {
  private readonly plain: ResourceCommands;

  constructor(
    private readonly writers: ResourceWriters,
    private readonly records: PlainWriter,
    private readonly access: KnownAccess,
    private readonly suspensions: UserSuspensions,
    private readonly events: EventStore,
    private readonly projections: ProjectionEngine,
  ) {
    this.plain = records.of(users);
  }

  onModuleInit(): void {
    this.writers.register(users, this);
    this.records.guardChanges(users, async (id, _state, changes) => {
      if (!identifying.some((name) => name in changes)) return undefined;
      const { principal } = currentScope();
      const { credential, userId } = principal;
      // As the person whom the address has found, or as one who holds no more than that one.
      requireNotByEmail(principal);
      // A key acts for its owner, and must not take him over.
      const isOwn = credential.kind === 'session' && userId === id;
      if (!isOwn) await this.access.consider((state, by, world) => requireAllOf(state, by, id, world));
      return undefined;
    });
  }

  /** @throws Rejection what a record is refused with; INSUFFICIENT_PERMISSIONS, VALIDATION_FAILED (unknown roles and sites) */
  async create({ permissions_attributes, ...person }: UserInput): Promise<Written> {
    if (!permissions_attributes?.length) return this.plain.create(person);
    // It is not anybody yet who could be granted anything, so whatever is refused is refused before he is made.
    await this.access.consider(grants(permissions_attributes, 0), sitesIn(permissions_attributes));
    const written = await this.plain.create(person);
    return this.granted(written, permissions_attributes);
  }

  /** @throws Rejection as `create`; NOT_FOUND, PRECONDITION_FAILED, LAST_ADMINISTRATOR */
  async update(id: number, { permissions_attributes, ...changes }: UserInput): Promise<Written> {
    if (!permissions_attributes?.length) return this.plain.update(id, changes);
    requirePerson(currentScope().principal, ['access:manage']);
    const { state } = await this.events.load(users.stream, id);
    if (state.history && !state.erased) await this.access.consider(grants(permissions_attributes, id), sitesIn(permissions_attributes));
    return this.granted(await this.plain.update(id, changes), permissions_attributes);
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, PRECONDITION_FAILED, INSUFFICIENT_PERMISSIONS (S2), LAST_ADMINISTRATOR */
  archive(id: number): Promise<Written> {
    return this.suspensions.inTurn(id, async () => {
      const { state, revision } = await this.events.load(users.stream, id);
      const isDone = state.archived && !this.suspensions.hasSuspended();
      // What is refused whatever he may do is refused before anything is said of that.
      if (!state.history || isDone || id === builtInUserId) return this.plain.archive(id);
      await this.access.consider((known, by, world) => requireAllOf(known, by, id, world));
      return this.suspensions.suspending(id, revision, () => this.plain.archive(id));
    });
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED, VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS (S2) */
  unarchive(id: number): Promise<Written> {
    const resumed = (known: Access, by: Grantor, world: World): AccessEvent[] => resumeAccess(known, by, id, world);
    return this.suspensions.inTurn(id, async () => {
      await this.access.consider(resumed);
      const written = await this.plain.unarchive(id);
      await this.access.decide(resumed);
      return written;
    });
  }

  private async granted(written: Written, wanted: readonly PermissionInput[]): Promise<Written> {
    const { position, events } = await this.access.decide(grants(wanted, written.id), { sites: sitesIn(wanted) });
    if (events.length === 0) return written;
    await this.projections.reaches(position, longestWaitMs);
    return { ...written, position: position > written.position ? position : written.position };
  }
}

const sitesIn = (wanted: readonly PermissionInput[]): readonly number[] => wanted.map(({ entity_id }) => entity_id);

/** All that is wanted, decided one after the other as one. */
const grants =
  (wanted: readonly PermissionInput[], userId: number) =>
  (state: Access, by: Grantor, world: World): AccessEvent[] => {
    requirePerson(currentScope().principal, ['access:manage']);
    if (userId === builtInUserId)
      throw new Rejection('CONFLICT', 'The built-in user stands for the administrator’s key and is granted nothing.');
    refuseUnknown(wanted, state, world);
    let current = state;
    return wanted.flatMap(({ entity_id: entityId, role, reason = null, _destroy }) => {
      const events = _destroy
        ? revokeRole(current, by, { userId, entityId, reason }, world)
        : grantRole(current, by, { userId, entityId, roleId: roleIdOf(current, role) ?? 0, reason }, world);
      current = events.reduce(access.evolve, current);
      return events;
    });
  };

/** @throws Rejection VALIDATION_FAILED a role that there is not, a site that there is not for whoever asks, or two roles at one (S90) */
function refuseUnknown(wanted: readonly PermissionInput[], state: Access, { entityIds }: World): void {
  const { sites } = currentScope().principal.rights;
  const problems = wanted.flatMap(({ entity_id, role, _destroy }, index): Detail[] => {
    const at = (name: string): string => `user.permissions_attributes.${index}.${name}`;
    if (!entityIds.includes(entity_id) || (sites !== 'all' && !sites.has(entity_id)))
      return [{ field: at('entity_id'), code: 'not_found', message: 'there is no such entity' }];
    if (_destroy) return [];
    if (wanted.slice(0, index).some((other) => other.entity_id === entity_id && !other._destroy))
      return [{ field: at('entity_id'), code: 'not_unique', message: 'is named before: a person has one role at an entity' }];
    if (role == null) return [{ field: at('role'), code: 'required', message: 'is required' }];
    return roleIdOf(state, role) === undefined ? [{ field: at('role'), code: 'not_found', message: 'there is no such role' }] : [];
  });
  if (problems.length > 0) throw invalid(problems);
}

function roleIdOf({ ownRoles }: Access, role: string | null | undefined): number | undefined {
  const isCalled = ({ name }: Readonly<{ name: string }>): boolean => name.toLowerCase() === role?.trim().toLowerCase();
  return builtInRoles.find(isCalled)?.id ?? ownRoles.findKey(isCalled);
}
