import { ApiProperty } from '@nestjs/swagger';
import { ShownSiteIds, SiteIds } from '#millwright/credentials';
import { Flag, Name, ShownFlag, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
import { Secret } from '../sign-in.fields.js';

/** Longer addresses are nobody's. */
const longestAddress = 500;

export class IssuerInput {
  @Name({
    description:
      'The address of the issuer, to the letter: below it stands `/.well-known/openid-configuration`. https, unless `WEBHOOK_ALLOW` names it.',
    required: true,
    unless: 'enabled',
    max: longestAddress,
    example: 'https://login.example.com',
  })
  issuer?: string;
  @Name({ description: 'What the issuer calls this installation.', required: true, unless: 'enabled', example: 'millwright' })
  client_id?: string;
  @Secret({
    description:
      'What shows the issuer who asks. It is never shown; left out, the one before it stays, as long as issuer and client do, and is not needed to switch off.',
    required: false,
    example: 'given by the issuer',
  })
  client_secret?: string | null;
  @Name({
    description: 'The name of the role that somebody new gets; left out, nobody is made, and only who is here already comes in.',
    max: 100,
    example: 'requester',
  })
  default_role?: string | null;
  @SiteIds({
    description: 'Where somebody new gets the role; `"all"`: wherever there is a site by then. Needed with `default_role`.',
    example: [1],
  })
  entity_ids?: 'all' | number[] | null;
  @Flag({
    description: 'Whether anybody comes in that way. Where it is all that is said, everything else stays as it is.',
    initial: true,
    example: true,
  })
  enabled?: boolean | null;
}

/** What is shown of the settings, and what the issuer has to know. */
class IssuerFields {
  @ShownText({ always: true, description: 'The address of the issuer.' }) issuer!: string;
  @ShownText({ always: true, description: 'What the issuer calls this installation.' }) client_id!: string;
  @ShownText({ description: 'The role that somebody new gets; null: nobody is made.' }) default_role!: string | null;
  @ShownSiteIds({ description: 'Where he gets it, of the sites that whoever asks may read.', example: [1] })
  entity_ids!: 'all' | readonly number[] | null;
  @ShownFlag({ always: true, description: 'Whether anybody comes in that way.' }) enabled!: boolean;
  @ShownFlag({
    always: true,
    description:
      'Whether the client secret can be read: not after a restore with a new secret, until it is given anew. Nobody comes in meanwhile.',
  })
  client_secret_readable!: boolean;
  @ShownText({ always: true, description: 'Where the issuer is to send people back to: register it there.' }) redirect_uri!: string;
}

export const issuerShown = defineShownType('SingleSignOn', IssuerFields, 'The issuer of single sign-on. Never its secret.');

export class SetOutAnswer {
  @ApiProperty({ type: String, description: 'Where the browser is to go, at the issuer.' }) authorization_url!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'Until when whoever goes there has to be back.' }) expires_at!: string;
}

export class CodeAnswer {
  @ApiProperty({ type: String, description: 'Good once, for `POST /auth/oidc/token`.' }) code!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'Until when it is good.' }) expires_at!: string;
}

export class CodeInput {
  @Secret({ description: 'What the callback has answered.' }) code!: string;
}
