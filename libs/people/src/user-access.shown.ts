import { defineChoices, ShownId, ShownInstant, ShownInteger, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

export const userStatuses = defineChoices('UserStatus', 'Whether a person can sign in.', {
  invited: 'The person was asked to come and has not come yet.',
  active: 'The person can sign in.',
  inactive: 'The person was archived and cannot sign in.',
});

class UserPermissionFields {
  @ShownText({ description: 'What the site is called.' }) entity!: string | null;
  @ShownId({ description: 'The number of the site; null where it holds at every site.' }) entity_id!: number | null;
  @ShownText({ description: 'What the role is called.', always: true }) role!: string;
  @ShownId({ description: 'The number of the role.', always: true }) user_role_id!: number;
}

export const userPermission = defineShownType('UserPermission', UserPermissionFields, 'What a person may do at a site.');

class UserActivityFields {
  @ShownInstant({ description: 'When the person last signed in; null where that never was.' }) last_login!: string | null;
  @ShownInteger({ description: 'How often the person has signed in.', always: true }) login_count!: number;
}

export const userActivity = defineShownType('UserActivity', UserActivityFields, 'When a person was here.');

class UserInvitationFields {
  @ShownInstant({ description: 'When the person was asked to come.' }) sent_at!: string | null;
  @ShownInstant({ description: 'When the invitation ends.' }) due_at!: string | null;
  @ShownInstant({ description: 'When the person came.' }) accepted_at!: string | null;
}

export const userInvitation = defineShownType('UserInvitation', UserInvitationFields, 'How a person was invited.');

/** Providers of the room's module. */
export const userAccessResolvers = [userPermission, userActivity, userInvitation].map(({ resolver }) => resolver);
