import { builtInUserId, currentScope } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing/decider';
import { defineField, defineRecord, Flag, Money, Name, Text, type Class, type RecordState } from '#millwright/resources';

/** An e-mail address as far as form can tell. Codes: invalid_email, too_long. */
const Email = (): PropertyDecorator => (target, property) =>
  defineField(target.constructor as Class, {
    name: String(property),
    kind: 'text',
    presence: 'nullable',
    check: (value) => (typeof value === 'string' && value.length <= 254 && /^[^\s@\p{Cc}\p{Surrogate}]+@[^\s@.\p{Cc}\p{Surrogate}]+(\.[^\s@.\p{Cc}\p{Surrogate}]+)*$/u.test(value)
        ? undefined
        : { code: 'invalid_email', message: 'must be an e-mail address' }), // prettier-ignore
    column: 'text',
    graphql: () => String,
    openApi: { type: 'string', format: 'email', maxLength: 254, example: 'john-doe@acme-corporation.com' },
    description: 'The e-mail address.',
  });

class UserFields {
  @Name({ description: 'The given name, or the whole name.', required: true, example: 'John' }) name!: string;
  @Name({ description: 'The family name.', example: 'Doe' }) surname?: string | null;
  @Text({ max: 35, description: 'The language that the person reads, as a BCP 47 tag like en or de-CH.', example: 'en' }) language?:
    string | null;
  @Email() email?: string | null;
  @Text({ description: 'A telephone number, as people write it.', max: 50, example: '+12222222222' }) phone_number?: string | null;
  @Text({ description: 'What the person does here.', example: 'Maintenance Manager' }) job_title?: string | null;
  @Flag({ description: 'Whether work orders can be assigned to this person.' }) can_be_assigned_to_wo?: boolean | null;
  @Money({ description: 'What an hour costs.', example: 41 }) regular_rate?: string | null;
  @Money({ description: 'What an hour of overtime costs.', example: 61.5 }) overtime_rate1?: string | null;
  @Money({ description: 'What an hour of overtime at the higher rate costs.', example: 82 }) overtime_rate2?: string | null;
}

const text = { type: 'string' };
const absent = (openApi: Readonly<Record<string, unknown>> = { ...text, nullable: true }) => ({ openApi, of: () => null });

/** What they are called stays out of events; what a login, a role or an invitation would say comes with those. */
export const users = defineRecord({
  name: 'user',
  plural: 'users',
  fields: UserFields,
  description: 'A person who works here.',
  refusals: { archive: 'CONFLICT (the built-in user)' },
  scope: 'customer',
  personal: true,
  defaults: { language: 'en', can_be_assigned_to_wo: true },
  label: ['id', 'name', 'surname', 'avatar'],
  search: ['name', 'surname', 'email'],
  rules: { archive: assertNotBuiltIn },
  computed: {
    full_name: {
      openApi: text,
      description: 'Name and surname.',
      graphql: () => String,
      of: (row) => [row['name'], row['surname']].filter((part) => part != null && part !== '').join(' '),
    },
    unconfirmed_email: absent(),
    status: { openApi: text, of: (row) => (row['archived'] === true ? 'inactive' : 'active') },
    auth_type: { openApi: text, of: () => 'api_key' },
    avatar: absent(),
    permissions: { openApi: { type: 'array', items: { type: 'object' } }, of: () => [] },
    activity: { openApi: { type: 'object' }, of: () => ({ last_login: null, login_count: 0 }) },
    tenant: {
      openApi: text,
      of: () =>
        currentScope()
          .customer.name.toLowerCase()
          .replace(/[^a-z0-9]+/g, '-'),
    },
    invitation_details: { openApi: { type: 'object' }, of: () => ({ sent_at: null, due_at: null, accepted_at: null }) },
  },
});

/** What the bootstrap key and the system itself do is done in this user's name. */
function assertNotBuiltIn(_state: RecordState, id: number): void {
  if (id === builtInUserId) throw new Rejection('CONFLICT', 'The built-in user stands for the administrator and cannot be archived.');
}
