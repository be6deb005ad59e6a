import { defineErrors } from '#millwright/event-sourcing';

/** What is said to whoever signs in. */
export const signInErrors = defineErrors({
  errors: {
    INVALID_CREDENTIALS: { status: 401, meaning: 'Nobody signs in with this name and password.' },
    CSRF: { status: 403, meaning: 'A write with a session cookie lacks the `X-CSRF-Token` that signing in answered.' },
    INVALID_REFRESH_TOKEN: { status: 401, meaning: 'The refresh token is unknown, used, or of a session that has ended: sign in again.' },
  },
  details: {
    too_short: 'The password has too few characters.',
    too_common: 'The password is one of the commonest.',
    own_name: 'The password is what the person is called.',
    wrong_password: 'This is not the current password.',
    invalid_token: 'The link is unknown, used, or too old.',
  },
});

declare module '#millwright/event-sourcing/decider' {
  interface PublishedErrors {
    signIn: typeof signInErrors;
  }
}
