import { Controller, Delete, Get, HttpCode, Patch, Post, Query, type Type } from '@nestjs/common';
import { allKnown } from '#millwright/event-sourcing';
import { parseListQuery, type RawQuery } from '#millwright/lists';
import { Answer, ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, PlainBody, RelatedRecords } from '#millwright/resources';
import { CredentialAnswers, credentialList } from './credential-answers.js';
import type { CredentialInput } from './credential.inputs.js';
import { reviewedCredentialShown } from './credential.shown.js';
import { describedKinds, listReviewedCredentials, operationsOf, type DescribedKind } from './credentials.operations.js';
import { MachineCredentials, type Decided } from './machine-credentials.js';

const heading = 'What machines come in with: API keys, OAuth clients, service accounts, and the keys that tokens are signed with.';
export const CredentialsHeading = (): ClassDecorator => ApiHeading('credentials', heading);

function credentialsController(described: DescribedKind): Type {
  const { kind, path, input, changes, rotation, shown, shownOnce } = described;
  const operations = operationsOf(described);

  @CredentialsHeading()
  @Controller(`api/v1/access/${path}`)
  class CredentialsController {
    constructor(
      private readonly credentials: MachineCredentials,
      private readonly answers: CredentialAnswers,
      private readonly related: RelatedRecords,
    ) {}

    @Get()
    @OverRest(operations.list)
    @ApiAnswer(shown.type, { list: true })
    @ApiListQuery(credentialList)
    async list(@Query() query: RawQuery): Promise<Answer> {
      const { rows, meta } = await this.answers.page(kind, parseListQuery(credentialList, query));
      return new Answer(await allKnown(rows.map((row) => shown.print(row, this.related))), { meta });
    }

    @Post()
    @OverRest(operations.make)
    @ApiAnswer(shownOnce, { status: 201 })
    async make(@PlainBody(input) said: object): Promise<Answer> {
      return this.withSecret(await this.credentials.make(kind, said as CredentialInput));
    }

    @Get(':id')
    @OverRest(operations.show)
    @ApiAnswer(shown.type)
    async one(@PathId() id: number): Promise<Answer> {
      const row = await this.answers.one(kind, id);
      return new Answer(await shown.print(row, this.related), { revision: row.revision });
    }

    @Patch(':id')
    @OverRest(operations.change)
    @ApiAnswer(shown.type)
    async change(@PathId() id: number, @PlainBody(changes) said: object): Promise<Answer> {
      return this.decided(await this.credentials.change(kind, id, said));
    }

    @Post(':id/rotate')
    @HttpCode(200)
    @OverRest(operations.rotate)
    @ApiAnswer(shownOnce)
    async rotate(@PathId() id: number, @PlainBody(rotation) said: object): Promise<Answer> {
      return this.withSecret(await this.credentials.rotate(kind, id, said));
    }

    @Delete(':id')
    @HttpCode(204)
    @OverRest(operations.revoke)
    async revoke(@PathId() id: number): Promise<Answer> {
      return this.decided(await this.credentials.revoke(kind, id));
    }

    private async decided({ credential, position }: Decided): Promise<Answer<object>> {
      const row = await this.answers.row(credential);
      return new Answer(await shown.print(row, this.related), { revision: row.revision, position });
    }

    /** With the secret, this once: it is not kept with the answer. */
    private async withSecret(decided: Decided): Promise<Answer> {
      const { data, facts } = await this.decided(decided);
      const name = kind === 'client' ? 'client_secret' : 'key';
      return new Answer({ ...data, [name]: decided.secret }, { ...facts, secrets: [name] });
    }
  }
  return CredentialsController;
}

export const credentialControllers: readonly Type[] = describedKinds.map(credentialsController);

@CredentialsHeading()
@Controller('api/v1/access/review')
export class AccessReviewController {
  constructor(
    private readonly answers: CredentialAnswers,
    private readonly related: RelatedRecords,
  ) {}

  @Get()
  @OverRest(listReviewedCredentials)
  @ApiAnswer(reviewedCredentialShown.type, { list: true })
  async review(): Promise<Answer> {
    const rows = await this.answers.review();
    return new Answer(await allKnown(rows.map((row) => reviewedCredentialShown.print(row, this.related))));
  }
}
