/** One published error: `status` is its HTTP status, `meaning` is for docs/errors.md and OpenAPI, `retryAfterSeconds` becomes `Retry-After`. */
export type ErrorDefinition = Readonly<{ status: number; meaning: string; retryAfterSeconds?: number }>;

/** What one room says no with: `errors` by their codes, and the codes that `error.details` may have for a field, with what they mean. */
type RoomErrors = Readonly<{ errors?: Readonly<Record<string, ErrorDefinition>>; details?: Readonly<Record<string, string>> }>;

/** Defines the codes of a room. They can be used once the room has added them to `PublishedErrors`. */
export const defineErrors = <const Room extends RoomErrors>(room: Room): Room => room;

/** What any decision may say, and the log that it is written to. */
export const engineErrors = defineErrors({
  errors: {
    NOT_FOUND: { status: 404, meaning: 'There is no such path or record, or it belongs to someone else.' },
    CONFLICT: {
      status: 409,
      meaning: 'The record or its site is archived, or the record is in a state, or busy with something, that does not allow this.',
    },
    PRECONDITION_FAILED: { status: 412, meaning: 'The record is no longer at the revision that If-Match names.' },
    VALIDATION_FAILED: { status: 422, meaning: 'The body or a parameter is not valid; `details` names each field.' },
    EVENT_TOO_LARGE: {
      status: 422,
      meaning: 'What is to be recorded is longer than one entry of the history may be (65,535 bytes); nothing was appended.',
    },
    UNAVAILABLE: {
      status: 503,
      meaning:
        'The database or event log cannot be reached, the record is too busy, or its read model is being brought up to date (`progress` says how far it is); repeat with the same Idempotency-Key.',
      retryAfterSeconds: 1,
    },
  },
});
