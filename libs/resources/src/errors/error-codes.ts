/** One published error: `meaning` is for docs/errors.md and OpenAPI, `retryAfterSeconds` becomes `Retry-After`. */
export type ErrorDefinition = Readonly<{ status: number; meaning: string; retryAfterSeconds?: number }>;

/**
 * Every code that an answer may carry, over REST (`error.code`) and GraphQL (`extensions.code`) alike.
 * The filter, the OpenAPI document and docs/errors.md read this one table, so they cannot drift apart.
 */
export const errorCodes = {
  MALFORMED_REQUEST: {
    status: 400,
    meaning: 'The request cannot be read: broken JSON, a repeated key, too deep a nesting, a malformed header.',
  },
  UNAUTHENTICATED: { status: 401, meaning: 'No valid API key or token was sent.' },
  INSUFFICIENT_PERMISSIONS: { status: 403, meaning: 'The credential may not do this.' },
  TIER_FEATURE_LOCKED: { status: 403, meaning: 'The plan of this customer does not contain this feature.' },
  NOT_FOUND: { status: 404, meaning: 'There is no such path or record, or it belongs to someone else.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'The path exists, the method does not; Allow lists those that do.' },
  CONFLICT: {
    status: 409,
    meaning: 'The record or its site is archived, or the record is in a state, or busy with something, that does not allow this.',
  },
  INSUFFICIENT_STOCK: { status: 409, meaning: 'More is wanted than is available or on hand; nothing was moved.' },
  WORK_ORDER_CLOSED: { status: 409, meaning: 'The work order is completed or cancelled; reopen it first.' },
  PART_IN_USE: { status: 409, meaning: 'The part still has stock, a reservation or a completion running.' },
  CURRENCY_IN_USE: { status: 409, meaning: "The entity's currency is fixed once a part or a cost exists." },
  DUPLICATE_REFERENCE: { status: 409, meaning: 'Another record holds this external_reference; `id` names it.' },
  RECORD_IN_USE: { status: 409, meaning: 'Another record still refers to this one.' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, meaning: 'A request with this Idempotency-Key is still running.', retryAfterSeconds: 1 },
  PRECONDITION_FAILED: { status: 412, meaning: 'The record is no longer at the revision that If-Match names.' },
  PAYLOAD_TOO_LARGE: { status: 413, meaning: 'The body is larger than 1 MB (5 MB for bulk operations) or holds too many values.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, meaning: 'Bodies are application/json in UTF-8.' },
  VALIDATION_FAILED: { status: 422, meaning: 'The body or a parameter is not valid; `details` names each field.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, meaning: 'This Idempotency-Key was used with a different request.' },
  EVENT_TOO_LARGE: {
    status: 422,
    meaning: 'What is to be recorded is longer than one entry of the history may be (65,535 bytes); nothing was appended.',
  },
  NON_STOCK_PART: { status: 422, meaning: 'A non-stock part has no stock ledger.' },
  VALUE_OUT_OF_RANGE: { status: 422, meaning: 'The stock value or charge would pass its limit.' },
  RATE_LIMIT_EXCEEDED: { status: 429, meaning: 'Too many requests; Retry-After says when to come back.', retryAfterSeconds: 1 },
  INTERNAL: { status: 500, meaning: 'A fault of ours; the log holds the details under request_id.' },
  UNAVAILABLE: {
    status: 503,
    meaning:
      'The database or event log cannot be reached, the record is too busy, or its read model is being brought up to date (`progress` says how far it is); repeat with the same Idempotency-Key.',
    retryAfterSeconds: 1,
  },
  COMPLETION_PENDING: {
    status: 503,
    meaning: 'The request was taken and is still being carried out; repeating it waits on and appends nothing.',
    retryAfterSeconds: 1,
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCodes;

const definitions = new Map<string, ErrorDefinition>(Object.entries(errorCodes));

/** The definition of a code; undefined for a code that is not published (a fault of ours). */
export const errorDefinition = (code: string): ErrorDefinition | undefined => definitions.get(code);

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
