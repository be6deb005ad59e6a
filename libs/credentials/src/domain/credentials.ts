import { Map as ImmutableMap } from 'immutable';
import { historyAfter, stampOf, type Event, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import type { CredentialFacts, CredentialKind, CredentialMade, CredentialsEvent, KeyOwner } from './credentials.events.js';

/** A key that signed access tokens before; `at` is when it was replaced, RFC 3339. */
type ReplacedKey = Readonly<{ keyId: string; at: string }>;

/** `endsAt`: until when it works, RFC 3339; null where nothing ends it but the credential's own end. */
type Secret = Readonly<{ id: string; endsAt: string | null }>;

/** What a machine comes in with. */
export type Credential = CredentialFacts &
  Readonly<{
    id: number;
    kind: CredentialKind;
    owner: KeyOwner | null;
    clientId: string | null;
    /** A session that an e-mail address had begun has seen a secret of it: it stays so, for tokens and replaced secrets go on. */
    byEmail?: true;
    /** At most two: the one that is given out, and the one before it for as long as they overlap. */
    secrets: readonly Secret[];
    /** Counts how often the tokens that were got before have been ended. */
    tokenGeneration: number;
    /** When it was taken away, RFC 3339. */
    revokedAt: string | null;
    /** Undefined only in decisions of a test. */
    history: RecordHistory | undefined;
    /** How often it was decided about, from 0 on. */
    revision: number;
  }>;

/** What machines come in with, of the whole customer: one stream decides all of it, so that every process that follows it knows what was taken away. */
export type Credentials = Readonly<{
  byId: ImmutableMap<number, Credential>;
  /** Whose a secret is, by its id. */
  ids: ImmutableMap<string, number>;
  /** Tokens that were ended before their time: until when they would have lived, RFC 3339. */
  revokedTokens: ImmutableMap<string, string>;
  /** What access tokens are signed with; null for the key that the installation was made with. */
  signingKeyId: string | null;
  replacedKeys: readonly ReplacedKey[];
}>;

/** The id of the one stream. */
export const credentialsId = 1;

export const credentials: Stream<Credentials, CredentialsEvent> = {
  category: 'credentials',
  initialState: {
    byId: ImmutableMap(),
    ids: ImmutableMap(),
    revokedTokens: ImmutableMap(),
    signingKeyId: null,
    replacedKeys: [],
  },
  evolve(state, event) {
    const { type, data } = event;
    const at = stampOf(event)?.at ?? '';
    switch (type) {
      case 'CredentialMade':
        return withMade(state, event);
      case 'CredentialChanged':
        return withChanged(state, event, (credential) => withSecretsInTime({ ...credential, ...data.changes }));
      case 'CredentialRotated': {
        const { credentialId, secretId, overlapUntil, tokensRevoked, byEmail } = data;
        const changed = withChanged(state, event, (credential) => ({
          ...credential,
          ...(byEmail && { byEmail }),
          secrets: [{ id: secretId, endsAt: null }, ...credential.secrets.slice(0, 1).map(({ id }) => ({ id, endsAt: overlapUntil }))],
          tokenGeneration: credential.tokenGeneration + Number(tokensRevoked),
        }));
        return { ...changed, ids: changed.ids.set(secretId, credentialId) };
      }
      case 'CredentialRevoked':
        return withChanged(state, event, (credential) => ({ ...credential, secrets: [], revokedAt: at }));
      case 'TokenRevoked':
        return { ...state, revokedTokens: withoutEnded(state.revokedTokens, at).set(data.tokenId, data.expiresAt) };
      case 'SigningKeyRotated': {
        const replaced = { keyId: data.replacedKeyId, at };
        return { ...state, signingKeyId: data.keyId, replacedKeys: data.revoked ? [] : [...state.replacedKeys, replaced] };
      }
    }
  },
};

const lookedThroughEvery = 256;

/** Those that would have ended by themselves are let go of, now and then: looking through all for each one that comes would take ever longer. */
const withoutEnded = (tokens: Credentials['revokedTokens'], at: string): Credentials['revokedTokens'] =>
  tokens.size % lookedThroughEvery === lookedThroughEvery - 1 ? tokens.filter((ends) => ends > at) : tokens;

function withMade(state: Credentials, event: CredentialMade): Credentials {
  const { credentialId, secretId, ...facts } = event.data;
  const made: Credential = {
    ...facts,
    id: credentialId,
    secrets: [{ id: secretId, endsAt: null }],
    tokenGeneration: 0,
    revokedAt: null,
    history: historyAfter(undefined, event),
    revision: 0,
  };
  return {
    ...state,
    byId: state.byId.set(credentialId, made),
    ids: state.ids.set(secretId, credentialId),
  };
}

function withChanged(
  state: Credentials,
  event: Event<string, Readonly<{ credentialId: number }>>,
  change: (credential: Credential) => Credential,
): Credentials {
  const id = event.data.credentialId;
  const credential = state.byId.get(id);
  if (!credential) return state;
  const changed = { ...change(credential), history: historyAfter(credential.history, event), revision: credential.revision + 1 };
  return { ...state, byId: state.byId.set(id, changed) };
}

/** No replaced secret outlives its credential, and none comes back where that is given longer again (contract, part 4, S63). */
const withSecretsInTime = (credential: Credential): Credential => {
  const { expiresAt, secrets } = credential;
  const isPast = (endsAt: string | null): boolean => endsAt !== null && expiresAt !== null && Date.parse(expiresAt) < Date.parse(endsAt);
  return { ...credential, secrets: secrets.map((secret) => (isPast(secret.endsAt) ? { ...secret, endsAt: expiresAt } : secret)) };
};

const isBefore = (now: number, instant: string | null): boolean => instant === null || now < Date.parse(instant);

/** Whether a credential still opens anything at an instant, in milliseconds since 1970. */
export const isAlive = ({ revokedAt, expiresAt }: Credential, now: number): boolean => revokedAt === null && isBefore(now, expiresAt);

/** The credential that a secret opens at an instant; undefined where it opens none, or none any more. */
export function openedBy(state: Credentials, secretId: string, now: number): Credential | undefined {
  const credential = state.byId.get(state.ids.get(secretId) ?? 0);
  if (!credential || !isAlive(credential, now)) return undefined;
  return credential.secrets.some(({ id, endsAt }) => id === secretId && isBefore(now, endsAt)) ? credential : undefined;
}
