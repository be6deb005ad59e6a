import { reads } from '#millwright/resources';

export const listApiCalls = reads({
  name: 'listApiCalls',
  scopes: ['audit:read'],
  summary: 'List the calls of the API',
  description:
    'The latest first: who called what, when, and what became of it. A write is here before it has any effect, with status null until it is answered. Left out are health, the home page, the documentation and the playground with their files, documents that are read without a valid credential, and what is no HTTP at all, for nothing limits these; the pages by which people sign in are in it. Calls of a site are seen with audit:read there, those without a valid credential with installation:manage.',
});

export const getApiCallExport = reads({
  name: 'getApiCallExport',
  scopes: ['audit:read'],
  summary: 'Export the calls of the API',
  description:
    'All rows of the list that match, as newline-delimited JSON: one a line, and at the end a line `{"end":true,"count":3}` with how many they were, without which it is not whole. It breaks off without it within a second when the credential ends or loses its rights.',
});

export const getApiCallStatistics = reads({
  name: 'getApiCallStatistics',
  scopes: ['audit:read'],
  summary: 'Count the calls of the API',
  description: 'By credential, route, status or hour; it takes the filters of the list.',
});

export const getApiCallVerification = reads({
  name: 'getApiCallVerification',
  scopes: ['audit:read'],
  summary: 'Verify the log of calls',
  description:
    'Reads every line that is kept and compares it with the chain of hashes that was taken when it was stored. It is about the calls of all sites, so audit:read is needed at every one.',
});
