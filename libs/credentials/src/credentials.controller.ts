import { Controller, Delete, Get, HttpCode, Patch, Post, Query, type Type } from '@nestjs/common';
import type { Class } from '#millwright/fields';
import type { RawQuery } from '#millwright/lists';
import { Answer, ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, PlainBody, reads, writes } from '#millwright/resources';
import { CredentialAnswers, credentialList } from './credential-answers.js';
import {
  ApiKeyChanges,
  ApiKeyInput,
  ClientChanges,
  ClientInput,
  RotateClientInput,
  RotateInput,
  ServiceAccountChanges,
  ServiceAccountInput,
  type CredentialInput,
} from './credential.inputs.js';
import {
  ApiKey,
  ApiKeyWithSecret,
  Client,
  ClientWithSecret,
  ReviewedCredential,
  ServiceAccount,
  ServiceAccountWithSecret,
} from './credential.shown.js';
import type { CredentialKind } from './domain/credentials.events.js';
import { MachineCredentials, managedWith } from './machine-credentials.js';

const heading = 'What machines come in with: API keys, OAuth clients, service accounts, and the keys that tokens are signed with.';
export const CredentialsHeading = (): ClassDecorator => ApiHeading('credentials', heading);

type Described = Readonly<{
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
  shown: Class;
  shownOnce: Class;
}>;

/** What the documents say of the six operations that credentials of every kind have. */
function operationsOf({ kind, name, plural, one, many }: Described) {
  const scopes = [managedWith[kind]];
  const refusals = 'Refused with NOT_FOUND, CONFLICT (it was taken away), VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS.';
  return {
    list: reads({ name: `list${plural}`, scopes, summary: `List ${many}`, description: 'Those that were not taken away; no secrets.' }),
    make: writes({
      name: `create${name}`,
      scopes,
      summary: `Make ${one}`,
      description:
        'Its secret is shown this once. Nobody gives what he has not at each of the sites; only a person who has signed in, and the administrator’s key, may. Refused with VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS, CONFLICT (50 clients and service accounts).',
    }),
    show: reads({ name: `get${name}`, scopes, summary: `Show ${one}`, description: 'Also one that was taken away; never its secret.' }),
    change: writes({ name: `update${name}`, scopes, summary: `Change ${one}`, description: `It is so at once, everywhere. ${refusals}` }),
    rotate: writes({
      name: `rotate${name}`,
      scopes,
      summary: `Give ${one} another secret`,
      description: `The new secret is shown this once; the one before it works on for \`overlap_hours\`, any earlier one no more. Whoever rotates has all that it may do. ${refusals}`,
    }),
    revoke: writes({
      name: `revoke${name}`,
      scopes,
      summary: `Take ${one} away`,
      description: 'It opens nothing any more within a second, everywhere, nor does what was got with it. Refused with NOT_FOUND.',
    }),
  };
}

function credentialsController(described: Described): Type {
  const { kind, path, input, changes, rotation, shown, shownOnce } = described;
  const operations = operationsOf(described);

  @CredentialsHeading()
  @Controller(`api/v1/access/${path}`)
  class CredentialsController {
    constructor(
      private readonly credentials: MachineCredentials,
      private readonly answers: CredentialAnswers,
    ) {}

    @Get()
    @OverRest(operations.list)
    @ApiAnswer(shown, { list: true })
    @ApiListQuery(credentialList)
    list(@Query() query: RawQuery): Promise<Answer> {
      return this.answers.list(kind, query);
    }

    @Post()
    @OverRest(operations.make)
    @ApiAnswer(shownOnce, { status: 201 })
    async make(@PlainBody(input) said: object): Promise<Answer> {
      return this.answers.withSecret(await this.credentials.make(kind, said as CredentialInput));
    }

    @Get(':id')
    @OverRest(operations.show)
    @ApiAnswer(shown)
    one(@PathId() id: number): Promise<Answer> {
      return this.answers.one(kind, id);
    }

    @Patch(':id')
    @OverRest(operations.change)
    @ApiAnswer(shown)
    async change(@PathId() id: number, @PlainBody(changes) said: object): Promise<Answer> {
      return this.answers.decided(await this.credentials.change(kind, id, said));
    }

    @Post(':id/rotate')
    @HttpCode(200)
    @OverRest(operations.rotate)
    @ApiAnswer(shownOnce)
    async rotate(@PathId() id: number, @PlainBody(rotation) said: object): Promise<Answer> {
      return this.answers.withSecret(await this.credentials.rotate(kind, id, said));
    }

    @Delete(':id')
    @HttpCode(204)
    @OverRest(operations.revoke)
    async revoke(@PathId() id: number): Promise<Answer> {
      return this.answers.decided(await this.credentials.revoke(kind, id));
    }
  }
  return CredentialsController;
}

export const credentialControllers: readonly Type[] = [
  credentialsController({
    kind: 'client',
    path: 'clients',
    name: 'Client',
    plural: 'Clients',
    one: 'a client',
    many: 'clients',
    input: ClientInput,
    changes: ClientChanges,
    rotation: RotateClientInput,
    shown: Client,
    shownOnce: ClientWithSecret,
  }),
  credentialsController({
    kind: 'api_key',
    path: 'api_keys',
    name: 'ApiKey',
    plural: 'ApiKeys',
    one: 'an API key',
    many: 'API keys',
    input: ApiKeyInput,
    changes: ApiKeyChanges,
    rotation: RotateInput,
    shown: ApiKey,
    shownOnce: ApiKeyWithSecret,
  }),
  credentialsController({
    kind: 'service_account',
    path: 'service_accounts',
    name: 'ServiceAccount',
    plural: 'ServiceAccounts',
    one: 'a service account',
    many: 'service accounts',
    input: ServiceAccountInput,
    changes: ServiceAccountChanges,
    rotation: RotateInput,
    shown: ServiceAccount,
    shownOnce: ServiceAccountWithSecret,
  }),
];

@CredentialsHeading()
@Controller('api/v1/access/review')
export class AccessReviewController {
  constructor(private readonly answers: CredentialAnswers) {}

  @Get()
  @OverRest(
    reads({
      name: 'listReviewedCredentials',
      scopes: ['access:manage'],
      summary: 'Review what machines come in with',
      description:
        'Every credential, with what should be looked at: not used for 90 days, over, or an administrator’s key that persons could do without.',
    }),
  )
  @ApiAnswer(ReviewedCredential, { list: true })
  review(): Promise<Answer> {
    return this.answers.review();
  }
}
