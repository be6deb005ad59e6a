import { scenario } from '../../../../test/harness/given.js';
import { removeSingleSignOn, setSingleSignOn, singleSignOn, type SingleSignOn, type WantedSettings } from './single-sign-on.js';

const given = scenario(singleSignOn);
const wanted: WantedSettings = {
  ...{ issuer: 'https://login.example.com', clientId: 'millwright', secretId: 'first' },
  ...{ roleId: 3, sites: [7, 9], enabled: true },
};
const set =
  (changes: Partial<WantedSettings> = {}) =>
  (state: SingleSignOn) =>
    setSingleSignOn(state, { ...wanted, ...changes });

describe('single sign-on', () => {
  it('needs a secret when it is set up', () => {
    given()
      .whenever(set({ secretId: null }))
      .thenRefused('VALIDATION_FAILED', { client_secret: 'required' });
  });

  it('keeps its secret while issuer and client stay, and takes another one', () => {
    given(set())
      .whenever(set({ secretId: null, enabled: false }))
      .thenEvents({ type: 'SingleSignOnSet', data: { ...wanted, secretId: 'first', enabled: false } });
    given(set())
      .whenever(set({ secretId: 'second' }))
      .thenState(({ settings }) => expect(settings?.secretId).toBe('second'));
  });

  it('tells its secret to no other issuer, nor under another client', () => {
    for (const other of [{ issuer: 'https://elsewhere.example' }, { clientId: 'other' }])
      given(set())
        .whenever(set({ secretId: null, ...other }))
        .thenRefused('VALIDATION_FAILED', { client_secret: 'required' });
  });

  it('is removed once, and needs its secret anew', () => {
    given(set()).whenever(removeSingleSignOn).thenTypes('SingleSignOnRemoved');
    given(set(), removeSingleSignOn).whenever(removeSingleSignOn).thenRefused('NOT_FOUND');
    given(set(), removeSingleSignOn)
      .whenever(set({ secretId: null }))
      .thenRefused('VALIDATION_FAILED', { client_secret: 'required' });
  });
});
