import { reads, writes } from '#millwright/resources';

const scopes = ['access:manage'];

export const getSingleSignOn = reads({
  name: 'getSingleSignOn',
  scopes,
  summary: 'Show the issuer of single sign-on',
  description: 'Never its secret; null where none is set. To sign in by it needs the tier enterprise.',
});

/** It is told a secret, so that it exists over REST only (contract, part 4, S31). */
export const setSingleSignOn = writes({
  name: 'setSingleSignOn',
  scopes,
  byPersons: true,
  summary: 'Set the issuer of single sign-on',
  description:
    'OpenID Connect, for one issuer. Whoever sets it holds all that the default role holds, at each of its sites, and all that everybody may whom the issuer can vouch for: those without `access:manage`, and those who have linked their account. `{"enabled": false}` alone switches it off, and needs no secret. Refused with VALIDATION_FAILED, INSUFFICIENT_PERMISSIONS, NOT_FOUND (none is set, and `enabled` is all that is said).',
});

export const removeSingleSignOn = writes({
  name: 'removeSingleSignOn',
  scopes,
  byPersons: true,
  summary: 'Remove the issuer of single sign-on',
  description:
    'Nobody comes in that way any more; who is in stays in. The client secret is forgotten. Whose account was linked stays known. Refused with NOT_FOUND.',
});
