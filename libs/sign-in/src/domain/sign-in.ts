import { stampOf, type Stream } from '#millwright/event-sourcing/decider';
import type { IssuerLinked, PasswordSet, SignInEvent } from './sign-in.events.js';

/** How a person came to sign in here; times are instants in UTC. */
export type SignIn = Readonly<{
  invitation: Readonly<{ sentAt: string | null; dueAt: string; acceptedAt: string | null }> | null;
  /** Whether the person has chosen a password. */
  hasPassword: boolean;
  /** Sessions that were ended from outside. */
  ended: readonly string[];
  /** Who vouches for the person. */
  issuers: readonly string[];
  /** Those of them that have found the person by an e-mail address, and that he has not linked from a session since. */
  foundByEmail: readonly string[];
  /** Whether any issuer has ever vouched for the person. */
  wasLinked: boolean;
}>;

export const signIn: Stream<SignIn, SignInEvent> = {
  category: 'signIn',
  initialState: { invitation: null, hasPassword: false, ended: [], issuers: [], foundByEmail: [], wasLinked: false },
  evolve(state, event) {
    const { type, data } = event;
    const at = stampOf(event)?.at ?? null;
    switch (type) {
      case 'PersonInvited':
        return { ...state, invitation: { sentAt: at, dueAt: data.dueAt, acceptedAt: null } };
      case 'PasswordSet':
        return {
          ...state,
          hasPassword: true,
          invitation: state.invitation && data.because === 'invitation' ? { ...state.invitation, acceptedAt: at } : state.invitation,
        };
      case 'RefreshTokenReused':
      case 'SessionRevoked':
        return { ...state, ended: [...state.ended, data.sessionId] };
      case 'IssuerLinked':
        return withLinked(state, data);
      case 'IssuerUnlinked':
        return { ...state, issuers: without(state.issuers, data.issuer), foundByEmail: without(state.foundByEmail, data.issuer) };
      case 'PasswordResetOffered':
        return state;
    }
  },
};

const without = (issuers: readonly string[], issuer: string): readonly string[] => issuers.filter((other) => other !== issuer);

function withLinked(state: SignIn, { issuer, because }: IssuerLinked['data']): SignIn {
  const found = without(state.foundByEmail, issuer);
  return {
    ...state,
    issuers: [...without(state.issuers, issuer), issuer],
    foundByEmail: because === 'email' ? [...found, issuer] : found,
    wasLinked: true,
  };
}

export const invite = (dueAt: string): SignInEvent[] => [{ type: 'PersonInvited', data: { dueAt } }];

export const offerReset = (dueAt: string): SignInEvent[] => [{ type: 'PasswordResetOffered', data: { dueAt } }];

export const setPassword = (because: PasswordSet['data']['because']): SignInEvent[] => [{ type: 'PasswordSet', data: { because } }];

/** Noted once, however often the token comes again. */
export const noteReuse = ({ ended }: SignIn, sessionId: string): SignInEvent[] =>
  ended.includes(sessionId) ? [] : [{ type: 'RefreshTokenReused', data: { sessionId } }];

export const revokeSession = ({ ended }: SignIn, sessionId: string): SignInEvent[] =>
  ended.includes(sessionId) ? [] : [{ type: 'SessionRevoked', data: { sessionId } }];

/** Noted once, however often it is tried; once more where he whom an address has found links the account himself. */
export function linkIssuer({ issuers, foundByEmail }: SignIn, linked: IssuerLinked['data']): SignInEvent[] {
  const isNews = linked.because === 'session' && foundByEmail.includes(linked.issuer);
  return issuers.includes(linked.issuer) && !isNews ? [] : [{ type: 'IssuerLinked', data: linked }];
}

export const unlinkIssuers = ({ issuers }: SignIn, unlinked: readonly string[]): SignInEvent[] =>
  unlinked.filter((issuer) => issuers.includes(issuer)).map((issuer) => ({ type: 'IssuerUnlinked', data: { issuer } }));
