import { Module, type DynamicModule } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { Authentication } from './authentication.js';
import { InstallationSecret } from './installation-secret.js';
import { KnownCredentials } from './known-credentials.js';
import { PublicUrl } from './public-url.js';
import { SigningKeysController, WellKnownController } from './signing-keys.controller.js';
import { SigningKeys } from './signing-keys.js';

/** What machines come in with, and the tokens of everybody. Exports, beside the door (`Authentication`), what signing in stands on. */
@Module({})
export class CredentialsModule {
  static on({ secret, publicUrl }: Readonly<{ secret: InstallationSecret; publicUrl: string | undefined }>): DynamicModule {
    return {
      module: CredentialsModule,
      global: true,
      controllers: [SigningKeysController, WellKnownController],
      providers: [
        { provide: InstallationSecret, useValue: secret },
        { provide: PublicUrl, useValue: new PublicUrl(publicUrl) },
        KnownCredentials,
        SigningKeys,
        AccessTokens,
        Authentication,
      ],
      exports: [InstallationSecret, PublicUrl, SigningKeys, AccessTokens, Authentication],
    };
  }
}
