import { recordedAs } from '#millwright/event-sourcing/testing';
import { Scenario, type Step } from '../../../../test/harness/given.js';
import { added, changeCredential, makeCredential, revokeCredential, revokeToken, rotateCredential } from './credential-decisions.js';
import { credentials, isSeenByEmail, openedBy, type Credentials } from './credentials.js';
import type { CredentialKind, CredentialMade, CredentialsEvent } from './credentials.events.js';

const noon = Date.parse('2026-11-29T12:00:00.000Z');
const at = (hours: number): string => new Date(noon + hours * 3_600_000).toISOString();
const days = (count: number): string => at(count * 24);

const facts = (kind: CredentialKind, more: Partial<CredentialMade['data']> = {}): CredentialMade['data'] => ({
  kind,
  credentialId: 7,
  name: 'Sensors',
  scopes: ['work_orders:write'],
  roleId: null,
  sites: [1],
  expiresAt: kind === 'api_key' ? days(30) : null,
  owner: kind === 'api_key' ? 'bootstrap' : null,
  clientId: null,
  secretId: 'one',
  ...more,
});
const made =
  (kind: CredentialKind = 'client', more: Partial<CredentialMade['data']> = {}): Step<Credentials, CredentialsEvent> =>
  (state) =>
    makeCredential(state, { ...facts(kind, more), now: noon });
const rotated =
  (secretId: string, hour: number, overlapHours: number, kind: CredentialKind = 'client'): Step<Credentials, CredentialsEvent> =>
  (state) =>
    rotateCredential(state, { kind, credentialId: 7, secretId, overlapHours, tokensRevoked: false, now: noon + hour * 3_600_000 });
/** An API key is to end so many hours after noon, which is decided at another hour. */
const until =
  (hours: number, hour = 0): Step<Credentials, CredentialsEvent> =>
  (state) =>
    changeCredential(state, { kind: 'api_key', credentialId: 7, wanted: { expiresAt: at(hours) }, now: noon + hour * 3_600_000 });
const revoked: Step<Credentials, CredentialsEvent> = (state) => revokeCredential(state, { kind: 'client', credentialId: 7 });
const given = (...steps: readonly Step<Credentials, CredentialsEvent>[]) =>
  new Scenario(credentials, credentials.initialState).and(...steps);

/** Which secrets open something so many hours after noon. */
const open = (state: Credentials, hour: number): string[] =>
  ['one', 'two', 'three'].filter((id) => openedBy(state, id, noon + hour * 3_600_000));

describe('an API key', () => {
  it.each([
    [null, 'required'],
    [at(0), 'out_of_range'],
    [new Date(Date.parse(days(366)) + 1).toISOString(), 'out_of_range'],
  ])('that is to end at %s is refused: %s', (expiresAt, code) => {
    expect(() => made('api_key', { expiresAt })(credentials.initialState)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', details: [expect.objectContaining({ field: 'expires_at', code })] }),
    );
  });

  it('opens until it ends, and not at that moment', () => {
    given(made('api_key', { expiresAt: at(1) })).thenState((state) => {
      expect(openedBy(state, 'one', noon + 3_599_999)?.id).toBe(7);
      expect(openedBy(state, 'one', noon + 3_600_000)).toBeUndefined();
    });
  });

  it('that has ended is not given longer, so that its secret does not come back, and is renamed all the same', () => {
    const key = given(made('api_key', { expiresAt: at(1) }));
    expect(() => key.and(until(50, 1))).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(() => key.and(until(0.5, 1))).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }));
    const renamed = { kind: 'api_key', credentialId: 7, wanted: { name: 'Old', expiresAt: at(1) }, now: noon + 7_200_000 } as const;
    key.and((state) => changeCredential(state, renamed)).thenState((state) => expect(state.byId.get(7)?.name).toBe('Old'));
    key.and(until(50, 0.9)).thenState((state) => expect(open(state, 2)).toEqual(['one']));
  });

  it('is given until 366 days ahead', () => expect(made('api_key', { expiresAt: days(366) })(credentials.initialState)).toHaveLength(1));
});

describe('a rotated secret', () => {
  it('works beside the new one until the overlap ends', () => {
    given(made(), rotated('two', 0, 24)).thenState((state) => {
      expect(open(state, 23.99)).toEqual(['one', 'two']);
      expect(open(state, 24)).toEqual(['two']);
    });
  });

  it('ends at once without an overlap, and with the next rotation inside one', () => {
    given(made(), rotated('two', 0, 0)).thenState((state) => expect(open(state, 0)).toEqual(['two']));
    given(made(), rotated('two', 0, 24), rotated('three', 1, 48)).thenState((state) => {
      expect(open(state, 1)).toEqual(['two', 'three']);
      expect(open(state, 49)).toEqual(['three']);
    });
  });

  it('may overlap for 18 seconds', () => {
    given(made())
      .whenever(rotated('two', 0, 0.005))
      .thenEvents({
        type: 'CredentialRotated',
        data: { kind: 'client', credentialId: 7, secretId: 'two', overlapUntil: '2026-11-29T12:00:18.000Z', tokensRevoked: false },
      });
  });

  it('ends with its credential, and does not come back where that is given longer', () => {
    given(made('api_key', { expiresAt: at(2) }))
      .whenever(rotated('two', 1, 24, 'api_key'))
      .thenEvents({
        type: 'CredentialRotated',
        data: { kind: 'api_key', credentialId: 7, secretId: 'two', overlapUntil: at(2), tokensRevoked: false },
      });
    given(made('api_key', { expiresAt: at(2) }), rotated('two', 1, 24, 'api_key'), until(50, 1.5)).thenState((state) =>
      expect(open(state, 3)).toEqual(['two']),
    );
  });

  it('ends with its credential also where that is cut short, and does not come back where it is given longer again', () => {
    given(made('api_key', { expiresAt: at(48) }), rotated('two', 0, 24, 'api_key'), until(2), until(72)).thenState((state) => {
      expect(open(state, 1)).toEqual(['one', 'two']);
      expect(open(state, 3)).toEqual(['two']);
    });
  });

  it('outlives neither its credential nor a revocation, and nothing that was revoked or is over is rotated', () => {
    given(made('api_key', { expiresAt: at(2) }), rotated('two', 1, 24, 'api_key')).thenState((state) => expect(open(state, 2)).toEqual([]));
    given(made(), rotated('two', 0, 24), revoked).thenState((state) => expect(open(state, 1)).toEqual([]));
    for (const steps of [
      given(made(), revoked).whenever(rotated('two', 0, 1)),
      given(made('api_key')).whenever(rotated('two', 999, 1, 'api_key')),
    ])
      expect(() => steps.thenNothing()).toThrow();
    expect(() => given(made(), revoked).and(rotated('two', 0, 1))).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });
});

describe('a secret that a session has seen which an address had begun', () => {
  const seen = (state: Credentials, hour: number): boolean => {
    const credential = state.byId.get(7);
    return credential !== undefined && isSeenByEmail(credential, noon + hour * 3_600_000);
  };
  /** Rotated by such a session. */
  const rotatedSo =
    (secretId: string, kind: CredentialKind = 'client'): Step<Credentials, CredentialsEvent> =>
    (state) =>
      rotateCredential(state, { kind, credentialId: 7, secretId, overlapHours: 0, tokensRevoked: false, byEmail: true, now: noon });
  const hours = (state: Credentials): boolean[] => [0.99, 1, 2.99, 3].map((hour) => seen(state, hour));

  it('is seen until somebody else rotates it and it is over, that of a client for as long as its tokens live', () => {
    for (const kind of ['client', 'api_key'] as const) {
      given(made(kind, { byEmail: true })).thenState((state) => expect(hours(state)).toEqual([true, true, true, true]));
      given(made(kind), rotatedSo('two', kind)).thenState((state) => expect(seen(state, 999)).toBe(true));
      given(made(kind), rotated('two', 0, 1, kind)).thenState((state) => expect(hours(state)).toEqual([false, false, false, false]));
    }
    given(made('api_key', { byEmail: true }), rotated('two', 0, 1, 'api_key')).thenState((state) =>
      expect(hours(state)).toEqual([true, false, false, false]),
    );
    given(made('client', { byEmail: true }), rotated('two', 0, 1)).thenState((state) =>
      expect(hours(state)).toEqual([true, true, true, false]),
    );
    given(made('client', { byEmail: true }), rotated('two', 0, 1), rotatedSo('three')).thenState((state) =>
      expect(seen(state, 999)).toBe(true),
    );
  });
});

describe('a credential', () => {
  it('is of one kind: by another name it is not there', () => {
    const wrong: Step<Credentials, CredentialsEvent> = (state) => revokeCredential(state, { kind: 'api_key', credentialId: 7 });
    expect(() => given(made()).and(wrong)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('is taken away once, and changes no more', () => {
    given(made(), revoked).whenever(revoked).thenNothing();
    const change: Step<Credentials, CredentialsEvent> = (state) =>
      changeCredential(state, { kind: 'client', credentialId: 7, wanted: { name: 'Others' }, now: noon });
    expect(() => given(made(), revoked).and(change)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    given(made())
      .whenever(change)
      .thenEvents({ type: 'CredentialChanged', data: { kind: 'client', credentialId: 7, changes: { name: 'Others' } } });
    given(made(), change).whenever(change).thenNothing();
  });

  it('is one of at most fifty clients and service accounts; keys do not count', () => {
    const fifty = Array.from({ length: 50 }, (_, index) =>
      made(index % 2 ? 'client' : 'service_account', { credentialId: 100 + index, secretId: `s${index}` }),
    );
    expect(() => given(...fifty).and(made())).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    given(...fifty)
      .whenever(made('api_key'))
      .thenTypes('CredentialMade');
    given(...fifty, (state) => revokeCredential(state, { kind: 'client', credentialId: 101 }))
      .whenever(made())
      .thenTypes('CredentialMade');
  });
});

describe('a token', () => {
  it('is ended once', () => {
    const end: Step<Credentials, CredentialsEvent> = (state) => revokeToken(state, { tokenId: 't', expiresAt: at(2) });
    given().whenever(end).thenTypes('TokenRevoked');
    given(end).whenever(end).thenNothing();
  });

  it('that has ended by itself is not remembered for ever, and one that has not is', () => {
    const second = (count: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, count)).toISOString();
    const after = (count: number, ends: (index: number) => number): Credentials =>
      recordedAs(
        'credentials-1',
        Array.from({ length: count }, (_, index): CredentialsEvent => ({
          type: 'TokenRevoked',
          data: { tokenId: `t${index}`, expiresAt: second(ends(index)) },
        })),
      ).reduce(credentials.evolve, credentials.initialState);
    expect(after(2_000, (index) => index + 2).revokedTokens.size).toBeLessThan(300);
    const { revokedTokens } = after(2_000, (index) => (index % 2 === 0 ? 9_999 : index));
    expect(Array.from({ length: 1_000 }, (_, index) => revokedTokens.has(`t${2 * index}`))).not.toContain(false);
  });
});

describe('what a change adds', () => {
  const bounds = (scopes: string[], sites: 'all' | number[]) => ({ scopes: new Set(scopes), sites });
  it.each([
    [bounds(['a'], [1]), bounds(['a'], [1]), []],
    [bounds(['a', 'b'], [1, 2]), bounds(['a'], [2]), []],
    [bounds(['a'], [1]), bounds(['a', 'b'], [1]), [{ scopes: ['b'], sites: [1] }]],
    [bounds(['a'], [1]), bounds(['a'], [1, 2]), [{ scopes: ['a'], sites: [2] }]],
    [bounds(['a'], 'all'), bounds(['a'], [1, 2]), []],
    [bounds(['a'], [1]), bounds(['a'], 'all'), [{ scopes: ['a'], sites: 'all' }]],
  ])('%#', (before, after, more) => expect(added(before, after)).toEqual(more));
});
