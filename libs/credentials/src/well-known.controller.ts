import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { namedScopes } from '#millwright/access';
import { ApiHeading, OverRest, reads } from '#millwright/resources';
import { PublicUrl } from './public-url.js';
import { SigningKeys, type ShownKey } from './signing-keys.js';

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

class AuthorizationServer {
  @ApiProperty({ type: String, description: 'What tokens say who issued them.' }) issuer!: string;
  @ApiProperty({ type: String }) token_endpoint!: string;
  @ApiProperty({ type: String }) revocation_endpoint!: string;
  @ApiProperty({ type: String }) introspection_endpoint!: string;
  @ApiProperty({ type: String }) jwks_uri!: string;
  @ApiProperty({ type: String }) service_documentation!: string;
  @ApiProperty({ type: [String] }) grant_types_supported!: readonly string[];
  @ApiProperty({ type: [String] }) response_types_supported!: readonly string[];
  @ApiProperty({ type: [String] }) scopes_supported!: readonly string[];
  @ApiProperty({ type: [String] }) token_endpoint_auth_methods_supported!: readonly string[];
  @ApiProperty({ type: [String] }) revocation_endpoint_auth_methods_supported!: readonly string[];
  @ApiProperty({ type: [String] }) introspection_endpoint_auth_methods_supported!: readonly string[];
}

const byClients = ['client_secret_basic', 'client_secret_post'];

@ApiHeading('tokens', 'What clients and gateways find out about tokens by.')
@Controller('.well-known')
export class WellKnownController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly publicUrl: PublicUrl,
  ) {}

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

  @Get('oauth-authorization-server')
  @OverRest(
    reads({
      name: 'getAuthorizationServer',
      open: true,
      scopes: [],
      summary: 'Where clients get their tokens',
      description: 'The metadata of RFC 8414, by which libraries for OAuth set themselves up.',
    }),
  )
  @ApiOkResponse({ type: AuthorizationServer })
  server(): AuthorizationServer {
    const { text: issuer } = this.publicUrl;
    return {
      issuer,
      token_endpoint: `${issuer}/api/v1/oauth/token`,
      revocation_endpoint: `${issuer}/api/v1/oauth/revoke`,
      introspection_endpoint: `${issuer}/api/v1/oauth/introspect`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      service_documentation: `${issuer}/docs`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: [...namedScopes()].sort(),
      token_endpoint_auth_methods_supported: byClients,
      revocation_endpoint_auth_methods_supported: byClients,
      introspection_endpoint_auth_methods_supported: [...byClients, 'Bearer'],
    };
  }
}
