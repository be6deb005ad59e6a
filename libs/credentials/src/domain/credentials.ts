import { stampOf, type Stream } from '#millwright/event-sourcing/decider';
import type { CredentialsEvent } from './credentials.events.js';

/** A key that signed access tokens before; `at` is when it was replaced, RFC 3339. */
type ReplacedKey = Readonly<{ keyId: string; at: string }>;

/** What machines come in with, of the whole customer: one stream decides all of it, so that every process that follows it knows what was taken away. */
export type Credentials = Readonly<{
  /** What access tokens are signed with; null for the key that the installation was made with. */
  signingKeyId: string | null;
  replacedKeys: readonly ReplacedKey[];
}>;

/** The id of the one stream. */
export const credentialsId = 1;

export const credentials: Stream<Credentials, CredentialsEvent> = {
  category: 'credentials',
  initialState: { signingKeyId: null, replacedKeys: [] },
  evolve(state, event) {
    const { type, data } = event;
    switch (type) {
      case 'SigningKeyRotated': {
        const replaced = { keyId: data.replacedKeyId, at: stampOf(event)?.at ?? '' };
        return { ...state, signingKeyId: data.keyId, replacedKeys: data.revoked ? [] : [...state.replacedKeys, replaced] };
      }
    }
  },
};
