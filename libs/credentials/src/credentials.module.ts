import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { Authentication } from './authentication.js';
import { InstallationSecret } from './installation-secret.js';
import { KnownCredentials } from './known-credentials.js';
import { PublicUrl } from './public-url.js';
import { SigningKeysController } from './signing-keys.controller.js';
import { SigningKeys } from './signing-keys.js';
import { CredentialAnswers } from './credential-answers.js';
import { AccessReviewController, credentialControllers } from './credentials.controller.js';
import { credentialResolvers } from './credentials.resolver.js';
import { CredentialUses } from './credential-uses.js';
import { CredentialTraces } from './credential-traces.js';
import './machine-stand-ins.js';
import { MachineCredentials } from './machine-credentials.js';
import { Machines } from './machines.js';
import { OAuth } from './oauth.js';
import { OAuthController } from './oauth.controller.js';
import { Secrets } from './secrets.js';
import { WellKnownController } from './well-known.controller.js';

/** What machines come in with, and the tokens of everybody. Exports, beside the door (`Authentication`), what signing in stands on. */
@Module({})
export class CredentialsModule {
  static on({ secret, publicUrl }: Readonly<{ secret: InstallationSecret; publicUrl: string | undefined }>): DynamicModule {
    return {
      module: CredentialsModule,
      global: true,
      controllers: [...credentialControllers, AccessReviewController, SigningKeysController, OAuthController, WellKnownController],
      providers: [
        { provide: InstallationSecret, useValue: secret },
        { provide: PublicUrl, useValue: new PublicUrl(publicUrl) },
        KnownCredentials,
        SigningKeys,
        AccessTokens,
        Authentication,
        Secrets,
        CredentialUses,
        CredentialTraces,
        Machines,
        MachineCredentials,
        CredentialAnswers,
        ...credentialResolvers,
        OAuth,
      ],
      exports: [InstallationSecret, PublicUrl, SigningKeys, AccessTokens, Authentication, Machines],
    };
  }
}
