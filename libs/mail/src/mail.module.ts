import { Module, type DynamicModule } from '@nestjs/common';
import { MailServer, MailSettings } from './mail-server.js';

/** Where letters to people are handed in. Wants `PublicUrl` injected by its class. */
@Module({})
export class MailModule {
  static on({ smtpUrl, from }: Readonly<{ smtpUrl: string | undefined; from: string | undefined }>): DynamicModule {
    return {
      module: MailModule,
      global: true,
      providers: [{ provide: MailSettings, useValue: new MailSettings(smtpUrl, from) }, MailServer],
      exports: [MailServer],
    };
  }
}
