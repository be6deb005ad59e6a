import { ApiProperty } from '@nestjs/swagger';
import {
  defineChoices,
  shownField,
  ShownFlag,
  ShownId,
  ShownInstant,
  ShownInteger,
  ShownOneOf,
  ShownText,
  ShownTexts,
  type Class,
  type FieldKind,
  type ShownOptions,
} from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
import { ShownSiteIds } from './scope-fields.js';

/** What answers show of every credential of a machine. */
class CredentialFields {
  @ShownId({ always: true, description: 'Its number, which is the same after its secret was rotated.' }) id!: number;
  @ShownInteger({ over: 'graphql', always: true, description: 'Grows with every change of it; for `expectedRevision`.' }) revision!: number;
  @ShownText({ always: true, description: 'What it is called.' }) name!: string;
  @ShownTexts({ always: true, description: 'What it may do at its sites, in order.' }) scopes!: readonly string[];
  @ShownSiteIds({
    always: true,
    description: 'The sites that it opens, of those that exist for whoever asks; `"all"`: those there are and those to come.',
  })
  entity_ids!: 'all' | readonly number[];
  @ShownInstant({ always: true, description: 'When it was made.' }) created_at!: string;
  @ShownInstant({ always: true, description: 'When it was changed or rotated last.' }) updated_at!: string;
  @ShownId({ always: true, description: 'The number of the user who made it.' }) created_by_id!: number;
  @ShownInstant({ description: 'When it was used last, to within a minute.' }) last_used_at!: string | null;
  @ShownInstant({ description: 'Until when the secret before this one works, where it does.' }) overlap_until!: string | null;
  @ShownInstant({ description: 'When it was taken away.' }) revoked_at!: string | null;
  @ShownFlag({
    always: true,
    description:
      'Whether a session that an e-mail address had begun at the issuer of single sign-on made or rotated it: it changes nobody’s address and login and makes no links to choose a password until somebody else has rotated it and the secret before is over, for a client two hours longer.',
  })
  known_to_email_session!: boolean;
}

class ClientFields extends CredentialFields {
  @ShownText({ always: true, description: 'What it calls itself, in public.' }) client_id!: string;
}

class ApiKeyFields extends CredentialFields {
  @ShownInstant({ always: true, description: 'From when on it opens nothing any more.' }) expires_at!: string;
  @ShownId({ description: 'The number of the person whose key it is; null: the administrator’s key itself.' }) owner_id!: number | null;
}

class ServiceAccountFields extends CredentialFields {
  @ShownText({ description: 'The name of its role.' }) role!: string | null;
  @ShownInstant({ description: 'From when on it opens nothing any more; null: it does not end by itself.' }) expires_at!: string | null;
}

export const clientShown = defineShownType('Client', ClientFields, 'What a program comes in with by OAuth. Never its secret.');
export const apiKeyShown = defineShownType('ApiKey', ApiKeyFields, 'A key that a program acts with for its owner. Never the key itself.');
export const serviceAccountShown = defineShownType(
  'ServiceAccount',
  ServiceAccountFields,
  'What a program comes in with that has a role of its own. Never its key.',
);

const once = { type: String, nullable: true, description: 'Shown this once; null where a request is repeated with its Idempotency-Key.' };

const Client: Class = clientShown.type;
const ApiKey: Class = apiKeyShown.type;
const ServiceAccount: Class = serviceAccountShown.type;

export class ClientWithSecret extends Client {
  @ApiProperty(once) client_secret!: string | null;
}

export class ApiKeyWithSecret extends ApiKey {
  @ApiProperty(once) key!: string | null;
}

export class ServiceAccountWithSecret extends ServiceAccount {
  @ApiProperty(once) key!: string | null;
}

const kinds = defineChoices('ReviewedCredentialKind', 'What kind of credential it is.', {
  bootstrap: 'The administrator’s key, which the first start has printed.',
  api_key: 'A key that a program acts with for its owner.',
  client: 'What a program comes in with by OAuth.',
  service_account: 'What a program comes in with that has a role of its own.',
});

const flags = defineChoices('ReviewFlag', 'Why a credential should be looked at.', {
  unused_for_90_days: 'Nobody has come in with it for 90 days.',
  expired: 'It opens nothing any more.',
  bootstrap_key_beside_administrators: 'There are persons who could do without the administrator’s key.',
});

const reviewFlags: FieldKind = {
  column: 'jsonb',
  check: () => undefined,
  graphql: () => [flags.graphql],
  openApi: { type: 'array', items: { type: 'string', enum: [...flags.words] } },
};

const ShownFlags = (options: ShownOptions): PropertyDecorator => shownField(reviewFlags, options);

/** What whoever looks after access should look at. */
class ReviewedCredentialFields {
  @ShownOneOf(kinds, { always: true, description: 'What kind of credential it is.' }) kind!: string;
  @ShownId({ description: 'Its number; null for the administrator’s key.' }) id!: number | null;
  @ShownText({ description: 'What it is called.' }) name!: string | null;
  @ShownInstant({ description: 'When it was made.' }) created_at!: string | null;
  @ShownInstant({ description: 'When it was used last.' }) last_used_at!: string | null;
  @ShownInstant({ description: 'When it ends by itself.' }) expires_at!: string | null;
  @ShownFlags({ always: true, description: 'Why it should be looked at; empty where nothing is to be said.' })
  flags!: readonly string[];
}

export const reviewedCredentialShown = defineShownType(
  'ReviewedCredential',
  ReviewedCredentialFields,
  'A credential, and what should be looked at.',
);
