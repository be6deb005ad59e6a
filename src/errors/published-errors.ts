import { accessErrors } from '#millwright/access';
import { commentErrors } from '#millwright/comments';
import { engineErrors, type DetailCode, type ErrorCode, type ErrorDefinition, type PublishedErrors } from '#millwright/event-sourcing';
import { inventoryErrors } from '#millwright/inventory';
import { peopleErrors } from '#millwright/people';
import { planningErrors } from '#millwright/planning';
import { fieldErrors } from '#millwright/fields';
import { limitErrors } from '#millwright/limits';
import { listErrors } from '#millwright/lists';
import { requestErrors } from '#millwright/requests';
import { referenceErrors } from '#millwright/resources';
import { signInErrors } from '#millwright/sign-in';
import { siteErrors } from '#millwright/sites';
import { workOrderErrors } from '#millwright/work-orders';
import { graphqlErrors } from '../graphql/errors.js';
import { httpErrors } from '../http/errors.js';

/** The codes of every room; one that is missing here does not compile. */
const rooms = {
  engine: engineErrors,
  access: accessErrors,
  fields: fieldErrors,
  references: referenceErrors,
  limits: limitErrors,
  lists: listErrors,
  sites: siteErrors,
  people: peopleErrors,
  inventory: inventoryErrors,
  workOrders: workOrderErrors,
  requests: requestErrors,
  comments: commentErrors,
  planning: planningErrors,
  signIn: signInErrors,
  http: httpErrors,
  graphql: graphqlErrors,
} satisfies PublishedErrors;

const codes = Object.values(rooms);

/**
 * Every code that an answer may carry, over REST (`error.code`) and GraphQL (`extensions.code`) alike, by status and name.
 * The filter, the OpenAPI document and docs/errors.md read this one table, so they cannot drift apart.
 */
export const publishedErrors = unique<ErrorCode, ErrorDefinition>(
  codes
    .flatMap((room) => ('errors' in room ? Object.entries<ErrorDefinition>(room.errors) : []))
    .sort(([one, { status }], [other, definition]) => status - definition.status || (one < other ? -1 : 1)),
);

/** What `error.details` may say of a field, and what it means. */
export const publishedDetails = unique<DetailCode, string>(
  codes.flatMap((room) => ('details' in room ? Object.entries(room.details) : [])),
);

/** @throws TypeError a code is defined twice, and would mean one thing here and another there */
function unique<Code extends string, Definition>(entries: readonly (readonly [string, Definition])[]): Readonly<Record<Code, Definition>> {
  const table = Object.fromEntries(entries) as Record<Code, Definition>;
  if (Object.keys(table).length < entries.length) throw new TypeError('two rooms define the same code');
  return table;
}

/** The general code of an HTTP status, for errors that the framework raises. */
export function codeOfStatus(status: number): ErrorCode {
  switch (status) {
    case 400:
      return 'MALFORMED_REQUEST';
    case 401:
      return 'UNAUTHENTICATED';
    case 403:
      return 'INSUFFICIENT_PERMISSIONS';
    case 404:
    case 414:
      return 'NOT_FOUND';
    case 405:
      return 'METHOD_NOT_ALLOWED';
    case 409:
      return 'CONFLICT';
    case 412:
      return 'PRECONDITION_FAILED';
    case 413:
      return 'PAYLOAD_TOO_LARGE';
    case 415:
      return 'UNSUPPORTED_MEDIA_TYPE';
    case 417:
      return 'EXPECTATION_FAILED';
    case 422:
      return 'VALIDATION_FAILED';
    case 429:
      return 'RATE_LIMIT_EXCEEDED';
    case 503:
      return 'UNAVAILABLE';
    default:
      return status >= 400 && status < 500 ? 'MALFORMED_REQUEST' : 'INTERNAL';
  }
}
