import { Rejection, type Stream } from '#millwright/event-sourcing/decider';
import type { IssuerSettings, SingleSignOnEvent } from './single-sign-on.events.js';

export type SingleSignOn = Readonly<{ settings: IssuerSettings | null }>;

/** The id of the one stream. */
export const singleSignOnId = 1;

export const singleSignOn: Stream<SingleSignOn, SingleSignOnEvent> = {
  category: 'singleSignOn',
  initialState: { settings: null },
  evolve(_state, { type, data }) {
    switch (type) {
      case 'SingleSignOnSet':
        return { settings: data };
      case 'SingleSignOnRemoved':
        return { settings: null };
    }
  },
};

/** What is wanted; without a secret the one before it stays. */
export type WantedSettings = Omit<IssuerSettings, 'secretId'> & Readonly<{ secretId: string | null }>;

/**
 * A secret is told to nobody but the issuer that it was given for: with another issuer, or another client, another one is needed.
 * @throws Rejection VALIDATION_FAILED `client_secret` required
 */
export function setSingleSignOn({ settings }: SingleSignOn, { secretId, ...wanted }: WantedSettings): SingleSignOnEvent[] {
  const isSame = settings?.issuer === wanted.issuer && settings.clientId === wanted.clientId;
  const secret = secretId ?? (isSame ? settings.secretId : null);
  if (secret === null) {
    const message = 'is required for another issuer or client';
    throw new Rejection('VALIDATION_FAILED', `client_secret ${message}`, [{ field: 'client_secret', code: 'required', message }]);
  }
  return [{ type: 'SingleSignOnSet', data: { ...wanted, secretId: secret } }];
}

/** @throws Rejection NOT_FOUND there is none */
export function removeSingleSignOn({ settings }: SingleSignOn): SingleSignOnEvent[] {
  if (!settings) throw notSet();
  return [{ type: 'SingleSignOnRemoved', data: {} }];
}

export const notSet = (): Rejection => new Rejection('NOT_FOUND', 'single sign-on is not set up');
