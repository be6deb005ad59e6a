import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Flag } from '#millwright/fields';
import { Answer, ApiAnswer, OverRest, PlainBody, writes } from '#millwright/resources';
import { CredentialsHeading } from './credentials.controller.js';
import { SigningKeys } from './signing-keys.js';

class RotateKeysBody {
  @Flag({
    description: 'Whether the tokens that earlier keys have signed end at once; left out, they live on until they expire.',
    initial: false,
    example: false,
  })
  revoke?: boolean | null;
}

class RotatedKey {
  @ApiProperty({ type: String, description: 'What the header of new tokens names their key by (`kid`).' }) key_id!: string;
}

@CredentialsHeading()
@Controller('api/v1/access/keys')
export class SigningKeysController {
  constructor(private readonly keys: SigningKeys) {}

  @Post('rotate')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'rotateSigningKeys',
      scopes: ['installation:manage'],
      byPersons: true,
      summary: 'Sign access tokens with a new key',
      description:
        'The keys before it are accepted for two hours more, which is how long a token lives, unless `revoke` ends them at once.',
    }),
  )
  @ApiAnswer(RotatedKey)
  async rotate(@PlainBody(RotateKeysBody) { revoke }: RotateKeysBody): Promise<Answer> {
    return new Answer({ key_id: await this.keys.rotate({ revoked: revoke ?? false }) });
  }
}
