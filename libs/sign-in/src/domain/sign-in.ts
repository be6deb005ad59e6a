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
  /** Whether any issuer has ever vouched for the person. */
  wasLinked: boolean;
}>;

export const signIn: Stream<SignIn, SignInEvent> = {
  category: 'signIn',
  initialState: { invitation: null, hasPassword: false, ended: [], issuers: [], wasLinked: false },
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
        return { ...state, issuers: [...state.issuers, data.issuer], wasLinked: true };
      case 'IssuerUnlinked':
        return { ...state, issuers: state.issuers.filter((issuer) => issuer !== data.issuer) };
      case 'PasswordResetOffered':
        return state;
    }
  },
};

export const invite = (dueAt: string): SignInEvent[] => [{ type: 'PersonInvited', data: { dueAt } }];

export const offerReset = (dueAt: string): SignInEvent[] => [{ type: 'PasswordResetOffered', data: { dueAt } }];

export const setPassword = (because: PasswordSet['data']['because']): SignInEvent[] => [{ type: 'PasswordSet', data: { because } }];

/** Noted once, however often the token comes again. */
export const noteReuse = ({ ended }: SignIn, sessionId: string): SignInEvent[] =>
  ended.includes(sessionId) ? [] : [{ type: 'RefreshTokenReused', data: { sessionId } }];

export const revokeSession = ({ ended }: SignIn, sessionId: string): SignInEvent[] =>
  ended.includes(sessionId) ? [] : [{ type: 'SessionRevoked', data: { sessionId } }];

/** Noted once, however often it is tried. */
export const linkIssuer = ({ issuers }: SignIn, linked: IssuerLinked['data']): SignInEvent[] =>
  issuers.includes(linked.issuer) ? [] : [{ type: 'IssuerLinked', data: linked }];

export const unlinkIssuers = ({ issuers }: SignIn, unlinked: readonly string[]): SignInEvent[] =>
  unlinked.filter((issuer) => issuers.includes(issuer)).map((issuer) => ({ type: 'IssuerUnlinked', data: { issuer } }));
