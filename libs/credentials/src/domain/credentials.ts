import { Map as ImmutableMap } from 'immutable';
import { historyAfter, stampOf, type Event, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import type {
  CredentialFacts,
  CredentialKind,
  CredentialMade,
  CredentialRotated,
  CredentialsEvent,
  KeyOwner,
} from './credentials.events.js';

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
    /**
     * Until when what a session that an e-mail address had begun has seen of its secrets, or got by them, may go on, RFC 3339; null: until somebody else
     * rotates it. Left out, none has seen any.
     */
    byEmailUntil?: string | null;
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

/** How long an access token lives, and so how long a replaced key is accepted, in seconds (contract, part 4, sections 1 and S35). */
export const tokenSeconds = 7_200;

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
        const { credentialId, secretId, overlapUntil, tokensRevoked } = data;
        const changed = withChanged(state, event, (credential) => ({
          ...credential,
          ...seenByEmail(credential, data, at),
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
  const { credentialId, secretId, byEmail, ...facts } = event.data;
  const made: Credential = {
    ...facts,
    ...(byEmail && { byEmailUntil: null }),
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

/** Until when what was seen goes on after another rotation: the secret that it replaces works for a while, one before that ends, and tokens of a client outlive either. */
function seenByEmail(
  { kind, byEmailUntil }: Credential,
  { byEmail, overlapUntil }: CredentialRotated['data'],
  at: string,
): Pick<Credential, 'byEmailUntil'> {
  if (byEmail) return { byEmailUntil: null };
  if (byEmailUntil === undefined) return {};
  const ends = (secretUntil: string): number => Date.parse(secretUntil) + (kind === 'client' ? tokenSeconds * 1_000 : 0);
  const until = byEmailUntil === null ? ends(overlapUntil) : Math.min(ends(at), Date.parse(byEmailUntil));
  return { byEmailUntil: new Date(until).toISOString() };
}

/** Whether a session that an e-mail address had begun may still come in by it at an instant, in milliseconds since 1970. */
export const isSeenByEmail = ({ byEmailUntil }: Credential, now: number): boolean =>
  byEmailUntil !== undefined && isBefore(now, byEmailUntil);

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
