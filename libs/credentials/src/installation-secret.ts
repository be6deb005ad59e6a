import { hkdfSync } from 'node:crypto';

const salt = 'millwright';
const keyBytes = 32;

/** What everything that is encrypted or derived in an installation comes from: SECRET_KEY, or the file `secret` of DATA_DIR. It is stored in no database. */
export class InstallationSecret {
  constructor(private readonly text: string) {}

  /** A key of 32 bytes for one purpose and no other (HKDF with SHA-256, RFC 5869). */
  derived(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.text, salt, purpose, keyBytes));
  }

  /** What a database keeps to know the secret by; nothing follows from it (contract, part 4, S34). */
  get check(): Buffer {
    return this.derived('check value');
  }
}
