import { createHmac } from 'node:crypto';

const characters = 22;

/**
 * What stands for addresses where their calls are counted. Whose call it was is not known there, so that nothing could be found to be erased; it follows
 * from a key that is in no database, and tells whoever reads one, or a backup, no address (contract, part 4, section 7).
 */
export class CountedAddresses {
  /** @param key the same for all processes that count together */
  constructor(private readonly key: Buffer) {}

  /** @returns the same for the same address, 132 bits of it */
  markOf(address: string): string {
    return createHmac('sha256', this.key).update(address).digest('base64url').slice(0, characters);
  }
}
