import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { Flag } from '#millwright/fields';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, reads, writes } from '#millwright/resources';
import { SigningKeys, type ShownKey } from './signing-keys.js';

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

class JsonWebKey {
  @ApiProperty({ type: String, enum: ['OKP'] }) kty!: string;
  @ApiProperty({ type: String, enum: ['Ed25519'] }) crv!: string;
  @ApiProperty({ type: String, description: 'The public key, base64url.' }) x!: string;
  @ApiProperty({ type: String, description: 'What the header of a token names it by.' }) kid!: string;
  @ApiProperty({ type: String, enum: ['EdDSA'] }) alg!: string;
  @ApiProperty({ type: String, enum: ['sig'] }) use!: string;
}

class JsonWebKeySet {
  @ApiProperty({ type: [JsonWebKey], description: 'The one that signs first; then those that are still accepted.' })
  keys!: readonly JsonWebKey[];
}

@ApiHeading('access', 'Who and what may come in, and what for.')
@Controller('api/v1/access/keys')
export class SigningKeysController {
  constructor(private readonly keys: SigningKeys) {}

  @Post('rotate')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'rotateSigningKeys',
      scopes: ['installation:manage'],
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

@ApiHeading('tokens', 'What clients and gateways find out about tokens by.')
@Controller('.well-known')
export class WellKnownController {
  constructor(private readonly keys: SigningKeys) {}

  @Get('jwks.json')
  @OverRest(
    reads({
      name: 'getKeySet',
      open: true,
      scopes: [],
      summary: 'The keys that access tokens are signed with',
      description: 'A JSON Web Key Set (RFC 7517): with it anybody can verify a token, and nobody can make one.',
    }),
  )
  @ApiOkResponse({ type: JsonWebKeySet })
  async keySet(): Promise<{ keys: readonly ShownKey[] }> {
    return { keys: await this.keys.shown() };
  }
}
