import { builtInUserId, currentScope } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing/decider';
import { ExternalReference, Flag, Money, Name, SaidList, ShownOneOf, ShownText, Text } from '#millwright/fields';
import { defineRecord, ShownList, ShownOne, type RecordState } from '#millwright/resources';
import { EmailOfRecord, newAddresses } from './email.js';
import { Language } from './language.js';
import { PermissionInput, permissionsOf } from './permissions.js';
import { activityOf, authTypeOf, invitationOf, statusOf } from './sign-ins.js';
import { userActivity, userInvitation, userPermission, userStatuses } from './user-access.shown.js';

class UserFields {
  @Name({ personal: true, description: 'The given name, or the whole name.', required: true, example: 'John' }) name!: string;
  @Name({ personal: true, description: 'The family name.', example: 'Doe' }) surname?: string | null;
  @Language({ description: 'The language that the person reads, as a BCP 47 tag like en or de-CH.' }) language?: string | null;
  @EmailOfRecord({ unique: 'in the installation' }) email?: string | null;
  @Name({
    personal: true,
    seenWith: 'people:read',
    unique: 'in the installation',
    blank: 'refused',
    description: 'What the person signs in with, where that is not the e-mail address.',
    example: 'jdoe',
  })
  login_identifier?: string | null;
  @Text({
    personal: true,
    seenWith: 'people:read',
    description: 'A telephone number, as people write it.',
    max: 50,
    example: '+12222222222',
  })
  phone_number?: string | null;
  @Text({ personal: true, seenWith: 'people:read', description: 'What the person does here.', example: 'Maintenance Manager' }) job_title?:
    string | null;
  @Flag({ personal: true, description: 'Whether work orders can be assigned to this person.' }) can_be_assigned_to_wo?: boolean | null;
  @Money({ personal: true, seenWith: 'rates:read', description: 'What an hour costs.', example: 41 }) regular_rate?: string | null;
  @Money({ personal: true, seenWith: 'rates:read', description: 'What an hour of overtime costs.', example: 61.5 }) overtime_rate1?:
    string | null;
  @Money({ personal: true, seenWith: 'rates:read', description: 'What an hour of overtime at the higher rate costs.', example: 82 })
  overtime_rate2?: string | null;
  @SaidList(() => PermissionInput, {
    description:
      'What the person may do, by site: naming a site again replaces the role there. Needs `access:manage` there and all that the role holds.',
    max: 1_000,
  })
  permissions_attributes?: PermissionInput[] | null;
  @ExternalReference({ personal: true }) external_reference?: string | null;
}

/** What a login, a role or an invitation would say comes with those. */
class UserFigures {
  @ShownText({
    always: true,
    description: 'Name and surname.',
    of: ({ name, surname }) => [name, surname].filter((part) => part != null && part !== '').join(' '),
  })
  full_name!: string;
  // Nothing is confirmed by mail: whoever gives somebody an address must be allowed all that he may (S2), and single sign-on lets an address open what
  // is there only by shutting out whoever put it there.
  @ShownText({
    seenWith: 'people:read',
    description: 'Always null: a new e-mail address holds as soon as it is said, and none waits to be confirmed.',
    of: () => null,
  })
  unconfirmed_email!: string | null;
  @ShownOneOf(userStatuses, {
    always: true,
    description: 'Whether the person can sign in.',
    of: statusOf,
  })
  status!: string;
  @ShownText({ always: true, description: 'How the person signs in.', of: authTypeOf }) auth_type!: string;
  @ShownText({ description: 'Where a small picture of the person is.', of: () => null }) avatar!: string | null;
  @ShownList(userPermission, { description: 'What the person may do, by site; those sites that whoever asks may read.', of: permissionsOf })
  permissions!: object[];
  @ShownOne(userActivity, { description: 'When the person was here.', of: activityOf })
  activity!: object;
  @ShownText({
    always: true,
    description: "Who runs the installation, as a web address would have it: it follows from the customer's name.",
    of: () =>
      currentScope()
        .customer.name.toLowerCase()
        .replace(/[^a-z0-9]+/g, '-'),
  })
  tenant!: string;
  @ShownOne(userInvitation, { description: 'How the person was invited.', of: invitationOf })
  invitation_details!: object;
}

/** All that is said of them is personal. */
export const users = defineRecord({
  name: 'user',
  plural: 'users',
  fields: UserFields,
  shown: UserFigures,
  description: 'A person who works here.',
  notes: {
    update: {
      refusals:
        'INSUFFICIENT_PERMISSIONS (the e-mail address or login of somebody who may do what you may not, or your own in a session that single sign-on began by your address)',
    },
    archive: { refusals: 'CONFLICT (the built-in user)' },
  },
  scope: 'customer',
  scopes: { writes: 'people:write' },
  defaults: { language: 'en', can_be_assigned_to_wo: true },
  label: ['id', 'name', 'surname', 'avatar'],
  demands: { assignable: { can_be_assigned_to_wo: true } },
  search: ['name', 'surname', 'email'],
  rules: { ...newAddresses('user'), archive: assertNotBuiltIn },
  erasable: true,
  standIns: true,
});

/** What the bootstrap key and the system itself do is done in this user's name. */
function assertNotBuiltIn(_state: RecordState, id: number): void {
  if (id === builtInUserId) throw new Rejection('CONFLICT', 'The built-in user stands for the administrator and cannot be archived.');
}
