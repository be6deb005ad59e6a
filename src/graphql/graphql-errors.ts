import { GraphQLError, type ExecutionResult } from 'graphql';
import { FieldNeedsScope } from '#millwright/access';
import { Rejection, type Detail } from '#millwright/event-sourcing';
import { camelCase, invalid, withRenamedField } from '#millwright/fields';
import { publishedErrorOf, type PublishedError } from '../errors/published-error.js';

/** Told of errors of ours, which a client sees only as INTERNAL or UNAVAILABLE. */
export type ReportFault = (error: unknown, published: PublishedError) => void;

/** One error as GraphQL shows it: the code and details of the table that REST uses, fields in camelCase. */
export function shownError(error: GraphQLError, requestId: string, report: ReportFault): object {
  const cause = inItsWords(causeOf(error));
  const published = publishedErrorOf(cause);
  if (published.status >= 500) report(cause, published);
  const { code, message, facts } = published;
  const details = published.details.map(inCamelCase);
  const [[said], [shown]] = [published.details, details];
  const renamed = withRenamedField(message, published.details, details);
  return {
    message: said && shown ? renamed.replace(said.message, () => shown.message) : renamed,
    ...(error.locations && { locations: error.locations }),
    ...(error.path && { path: error.path }),
    extensions: { ...facts, code, details, request_id: requestId },
  };
}

/** What was thrown; an error without a cause was raised by GraphQL itself about the request: a document that does not fit the schema. */
export function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause instanceof GraphQLError ? invalid([{ field: 'query', code: 'does_not_fit_schema', message: error.message }]) : cause;
}

const inItsWords = (cause: unknown): unknown =>
  cause instanceof FieldNeedsScope ? new FieldNeedsScope(camelCase(cause.field), cause.scope) : cause;

/** Fields are told of by their names here; nothing else that a message says is one, whatever it looks like. */
const inCamelCase = ({ field, code, message, names = [] }: Detail): Detail => ({
  field: camelCase(field),
  code,
  message: names.reduce((text, name) => text.replaceAll(name, camelCase(name)), message),
});

/** The result with its errors in our form; data stays as far as it was found. */
export const shownResult = (
  { data, errors = [] }: ExecutionResult,
  requestId: string,
  report: ReportFault,
): { data?: unknown; errors: object[] } => ({
  ...(data !== undefined && { data }),
  errors: errors.map((error) => shownError(error, requestId, report)),
});

export const unreadable = (message: string): Rejection => new Rejection('MALFORMED_REQUEST', message);
