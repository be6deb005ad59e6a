import { applyDecorators, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ApiHeading, OverRest, UncheckedBody, writes } from '#millwright/resources';
import { oauthForm } from './oauth-form.js';
import { OAuth, type Asked, type Introspection, type TokenAnswer } from './oauth.js';

/** What of a request says who sends it. */
type Request = Readonly<{ id: string; headers: Readonly<{ authorization?: string }> }>;

const askedOf = ({ id, headers }: Request, body: unknown): Asked => ({
  requestId: id,
  authorization: headers.authorization,
  form: oauthForm(body),
});

class TokenForm {
  @ApiProperty({ type: String, enum: ['client_credentials'] }) grant_type!: string;
  @ApiProperty({ type: String, required: false, description: 'Some of what the client may do, with spaces between; left out, all.' })
  scope?: string;
  @ApiProperty({ type: String, required: false, description: 'Where the client does not say who it is by `Authorization: Basic`.' })
  client_id?: string;
  @ApiProperty({ type: String, required: false, description: 'With `client_id`.' }) client_secret?: string;
}

class TokenNamed {
  @ApiProperty({ type: String, description: 'The token that is asked about.' }) token!: string;
  @ApiProperty({ type: String, required: false, description: 'It is found without.' }) token_type_hint?: string;
  @ApiProperty({ type: String, required: false, description: 'Where the client does not say who it is in a header.' }) client_id?: string;
  @ApiProperty({ type: String, required: false, description: 'With `client_id`.' }) client_secret?: string;
}

class ClientToken {
  @ApiProperty({ type: String, description: 'A JSON Web Token (RFC 9068).' }) access_token!: string;
  @ApiProperty({ type: String, enum: ['Bearer'] }) token_type!: string;
  @ApiProperty({ type: Number, description: 'In seconds.', example: 7200 }) expires_in!: number;
  @ApiProperty({ type: String, description: 'What it is for, with spaces between.' }) scope!: string;
}

class IntrospectionAnswer {
  @ApiProperty({ type: Boolean, description: 'False, and nothing else, of a token that does not count, or is none of the caller’s.' })
  active!: boolean;
  @ApiProperty({ type: String, required: false }) scope?: string;
  @ApiProperty({ type: String, required: false }) client_id?: string;
  @ApiProperty({ type: String, required: false, enum: ['Bearer'] }) token_type?: string;
  @ApiProperty({ type: Number, required: false, description: 'Seconds since 1970.' }) exp?: number;
  @ApiProperty({ type: Number, required: false, description: 'Seconds since 1970.' }) iat?: number;
  @ApiProperty({ type: String, required: false }) sub?: string;
  @ApiProperty({ type: String, required: false }) aud?: string;
  @ApiProperty({ type: String, required: false }) iss?: string;
  @ApiProperty({ type: String, required: false }) jti?: string;
}

const Form = (type: new () => object): MethodDecorator =>
  applyDecorators(ApiConsumes('application/x-www-form-urlencoded'), ApiBody({ type }));

const Bare = (type: new () => object, description: string): MethodDecorator =>
  applyDecorators(ApiExtraModels(type), ApiResponse({ status: 200, description, schema: { $ref: getSchemaPath(type) } }));

@ApiHeading('oauth', 'Tokens for machines by OAuth 2.0, in its own words: forms in, bare objects out.')
@Controller('api/v1/oauth')
export class OAuthController {
  constructor(private readonly oauth: OAuth) {}

  @Post('token')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'issueToken',
      open: true,
      scopes: [],
      summary: 'Get an access token for a client',
      description: 'The grant of client credentials (RFC 6749, section 4.4). A token lives for two hours; there is none to refresh it.',
    }),
  )
  @Form(TokenForm)
  @Bare(ClientToken, 'The token.')
  token(@UncheckedBody() body: unknown, @Req() request: Request): Promise<TokenAnswer> {
    return this.oauth.token(askedOf(request, body));
  }

  @Post('introspect')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'introspectToken',
      open: true,
      scopes: [],
      summary: 'Ask whether a token counts',
      description: 'RFC 7662, for the tokens of the client that asks; whoever has `access:manage` asks about any.',
    }),
  )
  @Form(TokenNamed)
  @Bare(IntrospectionAnswer, 'What is told of it.')
  introspect(@UncheckedBody() body: unknown, @Req() request: Request): Promise<Introspection> {
    return this.oauth.introspect(askedOf(request, body));
  }

  @Post('revoke')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'revokeToken',
      open: true,
      scopes: [],
      summary: 'End a token before its time',
      description: 'RFC 7009: everywhere within a second. What is no token, or none of the caller’s, is passed over in silence.',
    }),
  )
  @Form(TokenNamed)
  @ApiResponse({ status: 200, description: 'It does not count any more.' })
  revoke(@UncheckedBody() body: unknown, @Req() request: Request): Promise<void> {
    return this.oauth.revoke(askedOf(request, body));
  }
}
