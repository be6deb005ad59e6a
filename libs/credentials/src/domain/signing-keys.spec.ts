import type { RecordedEvent } from '#millwright/event-sourcing';
import { credentials, type Credentials } from './credentials.js';
import type { SigningKeyRotated } from './credentials.events.js';
import { acceptedKeys, rotateSigningKey, signingKeyOf } from './signing-keys.js';

const noon = Date.parse('2026-11-29T12:00:00.000Z');
const minutes = (count: number): number => noon + count * 60_000;

/** What is known after keys were rotated at some minutes past noon. */
function rotated(...rotations: readonly (readonly [keyId: string, minute: number, revoked: boolean])[]): Credentials {
  return rotations.reduce((state, [keyId, minute, revoked]) => {
    const [event] = rotateSigningKey(state, { keyId, first: 'first', revoked });
    return credentials.evolve(state, recordedAt(event as SigningKeyRotated, minutes(minute)));
  }, credentials.initialState);
}

const recordedAt = (event: SigningKeyRotated, at: number): SigningKeyRotated =>
  ({ ...event, metadata: { recorded_at: new Date(at).toISOString(), actor: { kind: 'user', id: '1' } } }) as unknown as RecordedEvent<SigningKeyRotated>; // prettier-ignore

describe('the key that signs access tokens', () => {
  it('is the one the installation was made with, until it is rotated', () => {
    expect(acceptedKeys(credentials.initialState, 'first', noon)).toEqual(['first']);
    expect(signingKeyOf(rotated(['second', 0, false]), 'first')).toBe('second');
  });

  it('is accepted for two hours after it was replaced, to the millisecond, however many there are', () => {
    const state = rotated(['second', 0, false], ['third', 30, false], ['fourth', 45, false]);
    expect(acceptedKeys(state, 'first', minutes(60))).toEqual(['fourth', 'first', 'second', 'third']);
    expect(acceptedKeys(state, 'first', minutes(120) - 1)).toEqual(['fourth', 'first', 'second', 'third']);
    expect(acceptedKeys(state, 'first', minutes(120))).toEqual(['fourth', 'second', 'third']);
    expect(acceptedKeys(state, 'first', minutes(165))).toEqual(['fourth']);
  });

  it('takes all earlier ones away at once where it was made to', () => {
    const state = rotated(['second', 0, false], ['third', 1, true]);
    expect(acceptedKeys(state, 'first', minutes(1))).toEqual(['third']);
    expect(acceptedKeys(rotated(['second', 0, true], ['third', 1, false]), 'first', minutes(2))).toEqual(['third', 'second']);
  });

  it('names in the event what it replaces, and no secret', () => {
    expect(rotateSigningKey(rotated(['second', 0, false]), { keyId: 'third', first: 'first', revoked: true })).toEqual([
      { type: 'SigningKeyRotated', data: { keyId: 'third', replacedKeyId: 'second', revoked: true } },
    ]);
  });
});
