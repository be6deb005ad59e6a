import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PersonalTraces } from '#millwright/people';
import { KnownCredentials } from './known-credentials.js';

/** The keys that somebody owns. They open nothing any more without him, and their names stand in the log as he gave them. */
@Injectable()
export class CredentialTraces implements OnModuleInit {
  constructor(
    private readonly traces: PersonalTraces,
    private readonly known: KnownCredentials,
  ) {}

  onModuleInit(): void {
    this.traces.register({
      find: {
        api_keys: async ({ id }) => {
          const { byId } = await this.known.now();
          const owned = [...byId.values()].filter(({ owner }) => typeof owner === 'object' && owner?.userId === id);
          return owned.map((key) => ({ key_id: key.id, name: key.name, expires_at: key.expiresAt }));
        },
      },
    });
  }
}
