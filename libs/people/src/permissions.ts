import { InputType } from '@nestjs/graphql';
import { builtInRoles, currentScope } from '#millwright/access';
import { whenKnown, type Row } from '#millwright/event-sourcing';
import { Flag, IdOf, Name, Text, type BulkRead, type Related } from '#millwright/fields';

@InputType('PermissionInput', { description: 'The role of a person at a site.' })
export class PermissionInput {
  @IdOf('entity', { required: true }) entity_id!: number;
  @Name({ description: 'What the role is called.', max: 100, example: 'technician' }) role?: string | null;
  @Text({ description: 'Why, for whoever reads the audit trail: nothing personal, for it stays.', max: 200 }) reason?: string | null;
  @Flag({ description: 'Takes the role at that site away.' }) _destroy?: boolean | null;
}

type Permission = Readonly<{ user_id: string; entity_id: string; entity: string; role_id: string; own_role: string | null }>;

/** By person. */
const permissions: BulkRead<number, readonly Permission[]> = {
  async read(ids, database) {
    const found = await database.query<Permission[]>(
      `SELECT permission.user_id, permission.entity_id, entity.name AS entity, permission.role_id, role.name AS own_role
       FROM read.permissions permission JOIN read.entities entity ON entity.id = permission.entity_id
       LEFT JOIN read.own_roles role ON role.id = permission.role_id
       WHERE permission.user_id = ANY($1::bigint[]) ORDER BY permission.entity_id`,
      [[...ids]],
    );
    return ids.map((id) => found.filter(({ user_id }) => Number(user_id) === id));
  },
};

/** What a person may do, at the sites that exist for whoever asks (contract, part 4, S91). */
export const permissionsOf = (user: Row, related: Related): Promise<Row[]> | Row[] =>
  whenKnown(related.load(permissions, Number(user['id'])), (found) => {
    const { sites } = currentScope().principal.rights;
    return found
      .map(({ entity_id, entity, role_id, own_role }) => ({
        entity,
        entity_id: Number(entity_id),
        role: builtInRoles.find(({ id }) => id === Number(role_id))?.name ?? own_role,
        user_role_id: Number(role_id),
      }))
      .filter(({ entity_id }) => sites === 'all' || sites.has(entity_id));
  });
