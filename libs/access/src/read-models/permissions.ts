import type { Projection, RecordedEvent } from '#millwright/event-sourcing';
import { access } from '../domain/access.js';
import type { AccessEvent } from '../domain/access.events.js';

const permissions = 'permissions';
const ownRoles = 'own_roles';

/** Who has which role where, and what the roles of the customer's own are called. What somebody may do is read from the log itself (`KnownAccess`). */
export const permissionsProjection: Projection<AccessEvent> = {
  name: 'permissions',
  version: 1,
  tables: [
    { name: permissions, columns: { user_id: 'bigint', entity_id: 'bigint', role_id: 'bigint' }, key: ['user_id', 'entity_id'] },
    { name: ownRoles, columns: { id: 'bigint', name: 'text' }, key: ['id'] },
  ],
  categories: [access.category],
  keys: ({ type, data }: RecordedEvent<AccessEvent>) => (type === 'RoleChanged' ? [[ownRoles, { id: data.roleId }]] : []),
  apply({ type, data }, rows) {
    switch (type) {
      case 'RoleDefined':
        return rows.put(ownRoles, { id: data.roleId, name: data.name });
      case 'RoleChanged':
        return rows.put(ownRoles, {
          ...rows.get(ownRoles, { id: data.roleId }),
          id: data.roleId,
          ...(data.changes.name && { name: data.changes.name }),
        });
      case 'RoleRemoved':
        return rows.remove(ownRoles, { id: data.roleId });
      case 'RoleGranted':
        return rows.put(permissions, { user_id: data.userId, entity_id: data.entityId, role_id: data.roleId });
      case 'RoleRevoked':
        return rows.remove(permissions, { user_id: data.userId, entity_id: data.entityId });
      case 'InstallationManagerNamed':
      case 'AccessSuspended':
      case 'AccessResumed':
    }
  },
};
