import { defineErrors } from '#millwright/event-sourcing';

/** What is said to whoever signs in. */
export const signInErrors = defineErrors({
  errors: {
    INVALID_CREDENTIALS: { status: 401, meaning: 'Nobody signs in with this name and password.' },
    CSRF: { status: 403, meaning: 'A write with a session cookie lacks the `X-CSRF-Token` that signing in answered.' },
    INVALID_REFRESH_TOKEN: { status: 401, meaning: 'The refresh token is unknown, used, or of a session that has ended: sign in again.' },
    SINGLE_SIGN_ON_FAILED: {
      status: 400,
      meaning:
        'What came back from the issuer is of no use: it is unknown, used, too old, forged, of another browser, or a no. Begin anew.',
    },
    SINGLE_SIGN_ON_REFUSED: { status: 403, meaning: 'The issuer vouches for somebody who may not come in here; `reason` says why.' },
    ISSUER_UNAVAILABLE: {
      status: 503,
      meaning: 'The issuer of single sign-on does not answer, or not as it should.',
      retryAfterSeconds: 5,
    },
  },
  details: {
    too_short: 'The password has too few characters.',
    too_common: 'The password is one of the commonest.',
    own_name: 'The password is what the person is called.',
    wrong_password: 'This is not the current password.',
    not_an_issuer: 'This is no address that an issuer of single sign-on could have.',
    address_not_allowed:
      'Nothing is asked of this address, for it is not public; `WEBHOOK_ALLOW` names those that may be asked all the same.',
    invalid_token: 'The link is unknown, used, or too old.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    signIn: typeof signInErrors;
  }
}
