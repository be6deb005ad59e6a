import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  GraphQLError,
  lexicographicSortSchema,
  OperationTypeNode,
  printSchema,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type {} from 'mercurius';
import type { Logger } from 'pino';
import { runInScope } from '#millwright/access';
import { callNotKept } from '#millwright/event-sourcing';
import { honourHeaders, outcomeOfMutations } from '#millwright/resources';
import { publishedErrorOf } from '../errors/published-error.js';
import { expectedRevisionsOf, graphqlMediaTypeOf, header, maySame, stillAdmitted, toldOf, weighed } from '../http/index.js';
import { calledBy } from './called-document.js';
import { Documents } from './documents.js';
import { hiddenIn } from './guards.js';
import { causeOf, shownError, shownResult, unreadable, type ReportFault } from './graphql-errors.js';
import { assertAffordable } from './limits.js';
import { assertVariablesFit, inWordsOfRest } from './misfit-arguments.js';
import { isOneMutation, operationOf, rootFieldsIn } from './operations.js';
import type { QueryReads } from './query-reads.js';

type GraphqlRequest = Readonly<{ query: string; variables?: Record<string, unknown>; operationName?: string }>;
/**
 * `POST /api/v1/graphql` and the schema's text. Who asks, for which site, how large a body may be and what a wrong method or content type gets
 * is decided by the gate that REST has as well.
 */
export function serveGraphql(server: FastifyInstance, schema: () => GraphQLSchema, reads: QueryReads, logger: Logger): void {
  const documents = new Documents();
  let text: string | undefined;
  server.get('/api/v1/graphql/schema', async (_request, reply) => {
    text ??= `${printSchema(lexicographicSortSchema(schema()))}\n`;
    return reply.type('text/plain; charset=utf-8').send(text);
  });
  weighed.set('/api/v1/graphql', {
    field: 'query',
    of(body) {
      const { query, operationName } = requestOf(body);
      return rootFieldsIn(documents.read(query), operationName);
    },
  });
  server.post('/api/v1/graphql', async (request, reply) => {
    const asked = requestOf(request.body);
    const report: ReportFault = (error, { code }) => logger.error({ request_id: request.id, code, err: error }, 'a GraphQL field failed');
    const document = documents.read(asked.query);
    await request.countAs?.(rootFieldsIn(document, asked.operationName), 'query');
    const called = calledBy(schema(), document, asked.operationName);
    const told = toldOf(request);
    told.document = { audit: called.audit, said: () => called.said(asked.variables) };
    if (called.keptAhead) await told.call?.keep().catch((fault: unknown) => Promise.reject(callNotKept(fault)));
    takeHeaders(request, document, asked.operationName);
    const run = (query: GraphqlRequest): Promise<ExecutionResult> =>
      // The operation's name has to reach the hook that estimates costs, and the reply what asks whether it is still let in; neither is told otherwise.
      server.graphql(query.query, { operationName: query.operationName, reply }, query.variables, query.operationName);
    const answer = await execute({ schema: schema(), reads, run, report }, reply, asked, document);
    const outcome = request.scope ? outcomeOfMutations(request.scope) : undefined;
    if (outcome) reply.header('X-Position', outcome.position.toString());
    if (outcome?.replayed === true) reply.header('Idempotent-Replayed', 'true');
    if (answer.code !== undefined) told.failure = { code: answer.code };
    return send(reply, answer);
  });
}

/**
 * The headers of REST's writes, for a document that holds one.
 * @throws Rejection MALFORMED_REQUEST, PRECONDITION_FAILED as REST; MALFORMED_REQUEST where it is not clear what they would be about
 */
function takeHeaders({ headers, scope }: FastifyRequest, document: DocumentNode, operationName: string | undefined): void {
  const idempotencyKey = header(headers['idempotency-key']);
  const ifMatch = header(headers['if-match']);
  if (!scope || (idempotencyKey === undefined && ifMatch === undefined)) return;
  if (!isOneMutation(document, operationOf(document, operationName)))
    throw unreadable(
      'the headers Idempotency-Key and If-Match go with a document of one mutation; several take the arguments idempotencyKey and expectedRevision',
    );
  honourHeaders(scope, { idempotencyKey, ifMatch, expectedRevisions: expectedRevisionsOf(ifMatch) });
}

/** `code`: of its first error. */
type GraphqlAnswer = Readonly<{ status: number; headers: Readonly<Record<string, string>>; body: object; code?: string }>;

type Execution = Readonly<{
  schema: GraphQLSchema;
  reads: QueryReads;
  run: (asked: GraphqlRequest) => Promise<ExecutionResult>;
  report: ReportFault;
}>;

async function execute(
  { schema, reads, run, report }: Execution,
  reply: FastifyReply,
  asked: GraphqlRequest,
  document: DocumentNode,
): Promise<GraphqlAnswer> {
  const { request } = reply;
  try {
    const operation = operationOf(document, asked.operationName);
    assertVariablesFit(schema, operation, asked.variables ?? {});
    let result = await reads.together(request, operation, () => run(asked));
    // What was changed was changed, and is told; what was read is told to who may still ask for it, and as he may see it by now.
    const admitted = operation.operation === OperationTypeNode.QUERY ? await stillAdmitted(reply) : undefined;
    if (admitted && request.scope && !maySame(admitted, request.scope)) {
      request.scope = admitted;
      result = await runInScope(admitted, () => reads.together(request, operation, () => run(asked)));
    }
    const hidden = hiddenIn(request.scope);
    const facts = { ...(request.ownWritesAwaited && { stale: true }), ...(hidden.length > 0 && { hidden }) };
    const extensions = Object.keys(facts).length > 0 ? { extensions: facts } : {};
    if (!result.errors) return { status: 200, headers: {}, body: { data: result.data, ...extensions } };
    const body = { ...shownResult(result, request.id, report), ...extensions };
    // Without data nothing was run, so the request itself is refused.
    const status = result.data === undefined ? publishedErrorOf(result.errors[0] && causeOf(result.errors[0])).status : 200;
    return { status, headers: retryAfter(result.errors), body, code: codeOf(result.errors) };
  } catch (refused) {
    const errors = inWordsOfRest(errorsOf(refused), schema, document);
    const [first] = errors;
    const cause = first && causeOf(first);
    const { status, headers, code } = publishedErrorOf(cause);
    return { status, headers, code, body: { errors: errors.map((error) => shownError(error, request.id, report)) } };
  }
}

const codeOf = ([first]: readonly GraphQLError[]): string | undefined => first && publishedErrorOf(causeOf(first)).code;

/** A client that waits must be told how long, also where the answer as a whole is a 200. */
function retryAfter(errors: readonly GraphQLError[]): Record<string, string> {
  const seconds = errors
    .map(({ originalError }) => publishedErrorOf(originalError).headers['Retry-After'])
    .find((value) => value !== undefined);
  return seconds === undefined ? {} : { 'Retry-After': seconds };
}

/** mercurius throws one error that holds those of parsing and validation; a hook throws its own. */
function errorsOf(thrown: unknown): GraphQLError[] {
  const inside =
    typeof thrown === 'object' && thrown !== null && 'errors' in thrown && Array.isArray(thrown.errors)
      ? (thrown.errors as unknown[])
      : [thrown];
  return inside.map((error) =>
    error instanceof GraphQLError
      ? error
      : new GraphQLError('refused', { originalError: error instanceof Error ? error : new Error('refused', { cause: error }) }),
  );
}

function send(reply: FastifyReply, { status, headers, body }: GraphqlAnswer): FastifyReply {
  return reply.code(status).headers(headers).type(graphqlMediaTypeOf(reply.request.headers.accept)).send(JSON.stringify(body));
}

/** @throws Rejection MALFORMED_REQUEST */
function requestOf(body: unknown): GraphqlRequest {
  if (Array.isArray(body)) throw unreadable('one operation a request, not an array of them');
  if (typeof body !== 'object' || body === null) throw unreadable('the body must be a JSON object with "query"');
  const { query, variables, operationName } = body as Record<string, unknown>;
  if (typeof query !== 'string' || query === '') throw unreadable('"query" must be a GraphQL document');
  if (variables != null && (typeof variables !== 'object' || Array.isArray(variables))) throw unreadable('"variables" must be an object');
  if (operationName != null && typeof operationName !== 'string') throw unreadable('"operationName" must be text');
  return { query, variables: (variables ?? undefined) as Record<string, unknown> | undefined, operationName: operationName || undefined };
}

/** Has the cost of every operation estimated before it runs. To be called once mercurius is there. */
export function limitOperations(server: FastifyInstance): void {
  server.graphql.addHook('preExecution', async (schema, document, context, variables: unknown) => {
    const { operationName } = context as unknown as { operationName?: string };
    assertAffordable(schema, document, variables as object | undefined, operationName);
  });
}
