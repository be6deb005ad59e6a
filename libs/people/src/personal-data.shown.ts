import { defineField, ShownId, ShownInstant, ShownReference, ShownText } from '#millwright/fields';
import type { Row } from '#millwright/event-sourcing';
import { defineShownType, ShownList, ShownOne, type ShownType } from '#millwright/resources';
import type { PersonalSection } from './personal-traces.js';
import { users } from './users.js';

class ErasureFields {
  @ShownInstant({ description: 'When it was.', always: true }) erased_at!: string;
  @ShownReference('user', { description: 'Who did it.', always: true, label: ['id', 'name', 'surname'] }) erased_by_id!: number;
  @ShownText({ description: 'Why.' }) reason!: string | null;
}

class PersonalSessionFields {
  @ShownText({ description: 'What `DELETE /auth/sessions` calls it.', always: true }) session_id!: string;
  @ShownInstant({ description: 'When it began.', always: true }) started_at!: string;
  @ShownInstant({ description: 'When it was used last.', always: true }) last_used_at!: string;
  @ShownInstant({ description: 'When it ends by itself.', always: true }) expires_at!: string;
  @ShownInstant({ description: 'When it was ended; null where it was not.' }) ended_at!: string | null;
  @ShownText({ description: 'The address that it was begun from.', always: true }) address!: string;
  @ShownText({ description: 'The program that it was begun with.', always: true }) user_agent!: string;
}

class PersonalLinkFields {
  @ShownText({ description: 'What it is for: an invitation or a reset.', always: true }) kind!: string;
  @ShownInstant({ description: 'When it was made.', always: true }) made_at!: string;
  @ShownInstant({ description: 'When it ends.', always: true }) expires_at!: string;
  @ShownInstant({ description: 'When it was used.' }) used_at!: string | null;
}

class IssuerAccountFields {
  @ShownText({ description: 'Who vouches for the person.', always: true }) issuer!: string;
  @ShownText({ description: 'What the person is called there.', always: true }) subject!: string;
  @ShownInstant({ description: 'Since when.', always: true }) linked_at!: string;
}

class CallAddressFields {
  @ShownText({ description: 'Where calls came from.', always: true }) address!: string;
  @ShownText({ description: 'The last day of a call, in UTC: 2026-03-02.', always: true }) last_day!: string;
}

class CallAgentFields {
  @ShownText({ description: 'What calls were made with.', always: true }) user_agent!: string;
  @ShownText({ description: 'The last day of a call, in UTC: 2026-03-02.', always: true }) last_day!: string;
}

class OwnedKeyFields {
  @ShownId({ description: 'The number of the key.', always: true }) key_id!: number;
  @ShownText({ description: 'What it is called.', always: true }) name!: string;
  @ShownInstant({ description: 'When it ends.' }) expires_at!: string | null;
}

class PersonalCommentFields {
  @ShownId({ description: 'The number of the comment.', always: true }) comment_id!: number;
  @ShownId({ description: 'The number of the site.', always: true }) entity_id!: number;
  @ShownText({ description: 'What was said; null once it was withdrawn.' }) text!: string | null;
  @ShownInstant({ description: 'When it was said.', always: true }) said_at!: string;
}

class PersonalRequestFields {
  @ShownId({ description: 'The number of the request.', always: true }) request_id!: number;
  @ShownId({ description: 'The number of the site.', always: true }) entity_id!: number;
  @ShownText({ description: 'What was asked.', always: true }) title!: string;
  @ShownText({ description: 'More about it.' }) description!: string | null;
  @ShownInstant({ description: 'When it was asked.', always: true }) asked_at!: string;
}

class PersonalSignatureFields {
  @ShownId({ description: 'The number of the procedure.', always: true }) procedure_id!: number;
  @ShownId({ description: 'The number of its work order.', always: true }) work_order_id!: number;
  @ShownId({ description: 'The number of the site.', always: true }) entity_id!: number;
  @ShownText({ description: 'The name that was signed with.', always: true }) name!: string;
  @ShownInstant({ description: 'When it was signed.', always: true }) signed_at!: string;
}

class PortalSubmissionFields {
  @ShownId({ description: 'The number of the request that was made through a portal.', always: true }) request_id!: number;
  @ShownText({ description: 'The name that was given there.' }) name!: string | null;
  @ShownText({ description: 'The e-mail address that was given there.', always: true, seenWith: 'people:read' }) email!: string;
}

const types = {
  sessions: defineShownType('PersonalSession', PersonalSessionFields, 'Where somebody is or was signed in.'),
  sign_in_links: defineShownType('PersonalSignInLink', PersonalLinkFields, 'A link that somebody was sent to choose a password.'),
  issuer_accounts: defineShownType(
    'PersonalIssuerAccount',
    IssuerAccountFields,
    'An account by which an issuer of single sign-on vouches for somebody.',
  ),
  addresses: defineShownType('PersonalCallAddress', CallAddressFields, "Where somebody's calls came from."),
  user_agents: defineShownType('PersonalCallAgent', CallAgentFields, "What somebody's calls were made with."),
  api_keys: defineShownType('PersonalApiKey', OwnedKeyFields, 'A key that somebody owns.'),
  comments: defineShownType('PersonalComment', PersonalCommentFields, 'Something that somebody has said about a record.'),
  requests: defineShownType('PersonalRequest', PersonalRequestFields, 'A request for work that somebody has made.'),
  signatures: defineShownType(
    'PersonalSignature',
    PersonalSignatureFields,
    'A signature that somebody has given in a procedure of a work order.',
  ),
  portal_submissions: defineShownType(
    'PersonalPortalSubmission',
    PortalSubmissionFields,
    'A request that somebody has made through a portal with the same e-mail address.',
  ),
} satisfies Record<PersonalSection, ShownType>;

export const personalSections = Object.keys(types) as PersonalSection[];

const erasure = defineShownType('PersonalErasure', ErasureFields, 'That a person was erased.');

const rowsOf =
  (section: PersonalSection) =>
  (row: Row): readonly Row[] =>
    row[section] as readonly Row[];

class PersonalDataFields {
  @ShownReference('user', { description: 'Whose data it is.', always: true, label: ['id', 'name', 'surname'] }) person_id!: number;
  @ShownOne(erasure, {
    description: 'That the person was erased; null where that is not so.',
    of: ({ erasure: found }) => found as Row | null,
  })
  erasure!: object | null;
  @ShownList(types.sessions, { description: 'Where the person is or was signed in.', of: rowsOf('sessions') }) sessions!: object[];
  @ShownList(types.sign_in_links, { description: 'Links that the person was sent.', of: rowsOf('sign_in_links') }) sign_in_links!: object[];
  @ShownList(types.issuer_accounts, { description: 'Accounts at issuers of single sign-on.', of: rowsOf('issuer_accounts') })
  issuer_accounts!: object[];
  @ShownList(types.addresses, { description: 'Where calls came from.', of: rowsOf('addresses') }) addresses!: object[];
  @ShownList(types.user_agents, { description: 'What calls were made with.', of: rowsOf('user_agents') }) user_agents!: object[];
  @ShownList(types.api_keys, { description: 'Keys that the person owns.', of: rowsOf('api_keys') }) api_keys!: object[];
  @ShownList(types.comments, { description: 'What the person has said about records.', of: rowsOf('comments') }) comments!: object[];
  @ShownList(types.requests, { description: 'What the person has asked for.', of: rowsOf('requests') }) requests!: object[];
  @ShownList(types.signatures, { description: 'What the person has signed.', of: rowsOf('signatures') }) signatures!: object[];
  @ShownList(types.portal_submissions, {
    description: 'What was asked through portals with the same e-mail address.',
    of: rowsOf('portal_submissions'),
  })
  portal_submissions!: object[];
}

// The record as a single read of it shows it, over both edges.
defineField(PersonalDataFields, {
  name: 'user',
  description: 'The record of the person.',
  printed: {
    name: 'user',
    openApi: { type: () => users.answer, description: 'The record of the person.' },
    print: ({ user }, related) => users.printer.print(user as Row, 'full', related),
  },
  output: { name: 'user', type: () => users.output, nullable: false, resolve: ({ user }) => user },
});

export const personalData = defineShownType('UserPersonalData', PersonalDataFields, 'All that is known of a person.');

/** Providers of the room's module. */
export const personalDataResolvers = [...Object.values(types), erasure, personalData].map(({ resolver }) => resolver);
