import { HttpException } from '@nestjs/common';
import {
  AppendTooLarge,
  LogUnavailable,
  Rejection,
  UnknownOutcome,
  type Detail,
  type ErrorCode,
  type ErrorDefinition,
} from '#millwright/event-sourcing';
import { codeOfStatus, publishedErrors } from './published-errors.js';

/** What of an exception may leave the process. */
export type PublishedError = Readonly<{
  status: number;
  code: string;
  message: string;
  details: readonly Detail[];
  /** Merged into the error object: the id of the holder of a reference, the position of a pending completion … */
  facts: Readonly<Record<string, unknown>>;
  headers: Readonly<Record<string, string>>;
}>;

/** A refusal that also sets headers (`Allow` of a 405). */
export class RejectionWithHeaders extends Rejection {
  constructor(
    code: ErrorCode,
    message: string,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super(code, message);
  }
}

/**
 * Turns anything thrown into what a client may see, the same for REST and GraphQL.
 * Nothing of an unexpected error leaves: its message may hold SQL, a path or a library's name.
 */
export function publishedErrorOf(thrown: unknown): PublishedError {
  if (thrown instanceof Rejection) return publishedRejection(thrown);
  if (isOutage(thrown)) return published('UNAVAILABLE', 'The service cannot reach its database at the moment; please repeat the request.');
  if (viewNotShown(thrown) !== undefined)
    return published('UNAVAILABLE', 'These records are being brought up to date; please repeat the request.');
  if (thrown instanceof AppendTooLarge) return published('PAYLOAD_TOO_LARGE', 'This is more than the event log takes at once.');
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOfFrameworkError(thrown);
  if (status === undefined || status >= 500) return published('INTERNAL', 'Something went wrong on our side; please quote the request id.');
  const code = codeOfStatus(status);
  return published(code, messages[code] ?? publishedErrors[code].meaning);
}

function publishedRejection(rejection: Rejection): PublishedError {
  // What an event kept may come from another release, which published more.
  const definition: ErrorDefinition | undefined = publishedErrors[rejection.code];
  if (!definition) return published('INTERNAL', 'Something went wrong on our side; please quote the request id.');
  const { retry_after_seconds: seconds, ...facts } = rejection.facts;
  const { position, required_scope: scope } = facts;
  return {
    status: definition.status,
    code: rejection.code,
    message: rejection.message,
    details: rejection.details,
    facts: printable(facts),
    headers: {
      ...retryAfter(typeof seconds === 'number' ? seconds : definition.retryAfterSeconds),
      ...(typeof position === 'bigint' || typeof position === 'string' ? { 'X-Position': position.toString() } : {}),
      ...(typeof scope === 'string' ? { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` } : {}),
      ...(definition.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(rejection instanceof RejectionWithHeaders ? rejection.headers : {}),
    },
  };
}

function published(code: ErrorCode, message: string): PublishedError {
  const definition = publishedErrors[code];
  return { status: definition.status, code, message, details: [], facts: {}, headers: retryAfter(definition.retryAfterSeconds) };
}

const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'Retry-After': String(seconds) };

const printable = (facts: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'bigint' ? fact.toString() : fact]));

const messages: Partial<Record<ErrorCode, string>> = {
  MALFORMED_REQUEST: 'The request cannot be read.',
  NOT_FOUND: 'There is nothing at this path.',
  PAYLOAD_TOO_LARGE: 'The body is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'Bodies are application/json in UTF-8.',
};

/** Fastify's own errors (and http-errors) carry their status; everything below 500 is about the request. */
function statusOfFrameworkError(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  const { statusCode } = thrown;
  return typeof statusCode === 'number' && statusCode >= 400 ? statusCode : undefined;
}

const outageCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** SQLSTATE classes and codes of a server that is away, starting, stopping, full, refuses more connections or time, or broke up a deadlock. */
const outageStates = /^(08...|40P01|57P0[1-5]|57014|53...|55P03|58030|25006|25P03)$/;
const outageMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Connection ended|Cannot use a pool after calling end|Driver not Connected)/;

/** The view that a read asked for in vain: its read model is being built, or could not be written (`undefined_table` in schema `read`). */
export function viewNotShown(thrown: unknown): string | undefined {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    const view = 'code' in error && error.code === '42P01' ? /"read\.(\w+)"/.exec(error.message)?.[1] : undefined;
    if (view !== undefined) return view;
    error = 'driverError' in error && error.driverError !== error ? error.driverError : error.cause;
  }
  return undefined;
}

/** Whether a read or write failed because the database or event log is away: looks through wrapped errors as well. */
export function isOutage(thrown: unknown): boolean {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if (error instanceof LogUnavailable || error instanceof UnknownOutcome) return true;
    if (outageMessages.test(error.message)) return true;
    const code: unknown = 'code' in error ? error.code : undefined;
    // A missing file has the code of a missing socket: only a system call that connects is an outage.
    if (
      typeof code === 'string' &&
      (code === 'ENOENT' ? 'syscall' in error && error.syscall === 'connect' : outageCodes.has(code) || outageStates.test(code))
    )
      return true;
    if (error instanceof AggregateError && error.errors.some(isOutage)) return true;
    error = 'driverError' in error && error.driverError !== error ? error.driverError : error.cause;
  }
  return false;
}
