import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { OutgoingRequests } from './outgoing-requests.js';
import { ReachableAddresses } from './reachable-addresses.js';

/** What the installation asks of others on its own, which others have named: issuers of single sign-on. */
@Module({})
export class OutgoingRequestsModule implements OnApplicationShutdown {
  constructor(private readonly requests: OutgoingRequests) {}

  /** @param allowed addresses and networks that are no public ones and may be reached all the same */
  static on(allowed: readonly string[]): DynamicModule {
    const addresses = new ReachableAddresses(allowed);
    return {
      module: OutgoingRequestsModule,
      global: true,
      providers: [
        { provide: ReachableAddresses, useValue: addresses },
        { provide: OutgoingRequests, useValue: new OutgoingRequests(addresses) },
      ],
      exports: [ReachableAddresses, OutgoingRequests],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.requests.close();
  }
}
