import { reads, writes, type ShownType } from '#millwright/resources';
import type { Class } from '#millwright/fields';
import {
  ApiKeyChanges,
  ApiKeyInput,
  ClientChanges,
  ClientInput,
  RotateClientInput,
  RotateInput,
  ServiceAccountChanges,
  ServiceAccountInput,
} from './credential.inputs.js';
import {
  apiKeyShown,
  ApiKeyWithSecret,
  clientShown,
  ClientWithSecret,
  serviceAccountShown,
  ServiceAccountWithSecret,
} from './credential.shown.js';
import type { CredentialKind } from './domain/credentials.events.js';
import { managedWith } from './machine-credentials.js';

/** A kind of credential, as both edges speak of it. */
export type DescribedKind = Readonly<{
  kind: CredentialKind;
  path: string;
  /** As operations call one, and several: `ApiKey`, `ApiKeys`. */
  name: string;
  plural: string;
  /** In a sentence: "an API key". */
  one: string;
  many: string;
  input: Class;
  changes: Class;
  rotation: Class;
  shown: ShownType;
  shownOnce: Class;
}>;

export const describedKinds: readonly DescribedKind[] = [
  {
    kind: 'client',
    path: 'clients',
    name: 'Client',
    plural: 'Clients',
    one: 'a client',
    many: 'clients',
    input: ClientInput,
    changes: ClientChanges,
    rotation: RotateClientInput,
    shown: clientShown,
    shownOnce: ClientWithSecret,
  },
  {
    kind: 'api_key',
    path: 'api_keys',
    name: 'ApiKey',
    plural: 'ApiKeys',
    one: 'an API key',
    many: 'API keys',
    input: ApiKeyInput,
    changes: ApiKeyChanges,
    rotation: RotateInput,
    shown: apiKeyShown,
    shownOnce: ApiKeyWithSecret,
  },
  {
    kind: 'service_account',
    path: 'service_accounts',
    name: 'ServiceAccount',
    plural: 'ServiceAccounts',
    one: 'a service account',
    many: 'service accounts',
    input: ServiceAccountInput,
    changes: ServiceAccountChanges,
    rotation: RotateInput,
    shown: serviceAccountShown,
    shownOnce: ServiceAccountWithSecret,
  },
];

const refusalsOfChanges = 'Refused with NOT_FOUND, CONFLICT (it was taken away), VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS.';

/** The six operations that credentials of every kind have. What makes a secret, or another one, exists over REST only (contract, part 4, S31). */
export function operationsOf({ kind, name, plural, one, many }: DescribedKind) {
  const scopes = [managedWith[kind]];
  return {
    list: reads({ name: `list${plural}`, scopes, summary: `List ${many}`, description: 'Those that were not taken away; no secrets.' }),
    make: writes({
      name: `create${name}`,
      scopes,
      byPersons: true,
      summary: `Make ${one}`,
      description:
        'Its secret is shown this once. Nobody gives what he has not at each of the sites; only a person who has signed in, and the administrator’s key, may. Refused with VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS, CONFLICT (50 clients and service accounts).',
    }),
    show: reads({ name: `get${name}`, scopes, summary: `Show ${one}`, description: 'Also one that was taken away; never its secret.' }),
    change: writes({
      name: `update${name}`,
      scopes,
      byPersons: true,
      summary: `Change ${one}`,
      description: `It is so at once, everywhere. A later \`expires_at\` takes all that it may do; what has ended is not given longer (409 \`CONFLICT\`): make another one. ${refusalsOfChanges}`,
    }),
    rotate: writes({
      name: `rotate${name}`,
      scopes,
      byPersons: true,
      summary: `Give ${one} another secret`,
      description: `The new secret is shown this once; the one before it works on for \`overlap_hours\`, but not past \`expires_at\`, any earlier one no more. Whoever rotates has all that it may do${kind === 'api_key' ? ', and, where it is another person’s, all that this person may do, in whose name it acts' : ''}. ${refusalsOfChanges}`,
    }),
    revoke: writes({
      name: `revoke${name}`,
      scopes,
      summary: `Take ${one} away`,
      description: 'It opens nothing any more within a second, everywhere, nor does what was got with it. Refused with NOT_FOUND.',
    }),
  };
}

export const listReviewedCredentials = reads({
  name: 'listReviewedCredentials',
  scopes: ['access:manage'],
  summary: 'Review what machines come in with',
  description:
    'Every credential, with what should be looked at: not used for 90 days, over, or an administrator’s key that persons could do without.',
});
