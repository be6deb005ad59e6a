import { tokenSeconds, type Credentials } from './credentials.js';
import type { CredentialsEvent } from './credentials.events.js';

/** What is not in the stream: the key that an installation is made with. */
export type FirstKey = string;

/** The id of the key that signs. */
export const signingKeyOf = ({ signingKeyId }: Credentials, first: FirstKey): string => signingKeyId ?? first;

/** The ids of the keys whose tokens are accepted at an instant (milliseconds since 1970), the one that signs first. */
export function acceptedKeys(state: Credentials, first: FirstKey, now: number): string[] {
  const replaced = state.replacedKeys.filter(({ at }) => now < Date.parse(at) + tokenSeconds * 1_000);
  return [signingKeyOf(state, first), ...replaced.map(({ keyId }) => keyId)];
}

/** Signs with another key from now on; `revoked` takes all earlier ones, and the tokens that they signed, away at once. */
export const rotateSigningKey = (
  state: Credentials,
  { keyId, first, revoked }: Readonly<{ keyId: string; first: FirstKey; revoked: boolean }>,
): CredentialsEvent[] => [{ type: 'SigningKeyRotated', data: { keyId, replacedKeyId: signingKeyOf(state, first), revoked } }];
