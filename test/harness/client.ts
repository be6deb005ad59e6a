import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** An answer of the server: the envelope's parts beside the whole body. */
export type Answer = Readonly<{
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into bodies of every shape
  body: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  meta: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  error: any;
}>;

/** What a client is told that is to come again: the parts take longer, a deadline has passed, or an earlier try is still under way. */
const comeAgain: readonly unknown[] = ['COMPLETION_PENDING', 'UNAVAILABLE', 'IDEMPOTENCY_KEY_IN_USE'];

export const isToComeAgain = (error: unknown): boolean => comeAgain.includes((error as { code?: unknown } | undefined)?.code);

type PendingAnswer = Promise<Answer> & { expect(status: number): Promise<Answer> };
type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** Talks to a server as a user would: REST under `/api/v1`, GraphQL, and health beside them. */
export class Client {
  /** The last position this client has written to; its reads wait for it, so that tests never sleep. */
  private position: bigint | undefined;

  constructor(
    readonly url: string,
    readonly adminKey: string,
  ) {}

  /** Paths are below `/api/v1`. A header that is undefined is left out, also one this client would send by itself. */
  get = (path: string, headers?: RequestHeaders): PendingAnswer => this.request('GET', path, undefined, headers);
  post = (path: string, body?: unknown, headers?: RequestHeaders): PendingAnswer => this.request('POST', path, body, headers);
  patch = (path: string, body?: unknown, headers?: RequestHeaders): PendingAnswer => this.request('PATCH', path, body, headers);
  delete = (path: string, body?: unknown, headers?: RequestHeaders): PendingAnswer => this.request('DELETE', path, body, headers);

  /**
   * A path from the root (`/health/ready`), or a body that is no JSON: a string is sent as it is. Whoever expects another answer than
   * to come again does so, as on a machine that is too busy for its deadlines: a write that is to succeed has a key of its own for that.
   */
  request(method: string, path: string, body?: unknown, headers: RequestHeaders = {}): PendingAnswer {
    const ownKey: RequestHeaders = method === 'GET' || path.endsWith('/graphql') ? {} : { 'idempotency-key': randomUUID() };
    let expectsSuccess = false;
    const ask = (): Promise<Answer> =>
      this.send(method, isFromRoot(path) ? path : `/api/v1${path}`, body, expectsSuccess ? { ...ownKey, ...lowerCased(headers) } : headers);
    // It leaves once whoever asks has said what is expected.
    const pending = Promise.resolve().then(ask);
    const expect = async (status: number): Promise<Answer> => {
      expectsSuccess = status < 300;
      const answer = await repeated(pending, ask, (said) => said.status !== status && isToComeAgain(said.error));
      if (answer.status !== status)
        throw new Error(`${method} ${path}: ${status} was expected, not ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer;
    };
    return Object.assign(pending, { expect });
  }

  /** The data of a GraphQL operation; throws its errors. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async graphql(query: string, variables?: object, headers?: RequestHeaders): Promise<any> {
    const ask = (): Promise<Answer> => this.graphqlAnswer(query, variables, headers);
    const isRefused = (answer: Answer): boolean => isToComeAgain((answer.body as GraphqlBody).errors?.[0]?.extensions);
    const { body } = /^\s*mutation\b/.test(query) ? await ask() : await repeated(ask(), ask, isRefused);
    const { data, errors } = body as { data: unknown; errors?: unknown[] };
    if (errors) throw new Error(`GraphQL: ${JSON.stringify(errors)}`);
    return data;
  }

  /** The whole answer of a GraphQL operation, for tests of its errors. */
  graphqlAnswer = (query: string, variables?: object, headers?: RequestHeaders): PendingAnswer =>
    this.post('/graphql', { query, variables }, headers);

  /** Builds a read model anew from the log and waits until the new one serves. */
  async rebuild(projection: string): Promise<void> {
    await this.post(`/projections/${projection}/rebuild`).expect(200);
  }

  private async send(method: string, path: string, body: unknown, given: RequestHeaders): Promise<Answer> {
    const headers = new Headers();
    const own: RequestHeaders = {
      authorization: `Bearer ${this.adminKey}`,
      'x-entity-id': '1',
      'content-type': body === undefined ? undefined : 'application/json',
      'x-min-position': this.position !== undefined && (method === 'GET' || path.endsWith('/graphql')) ? String(this.position) : undefined,
    };
    for (const [name, value] of Object.entries({ ...own, ...lowerCased(given) })) if (value !== undefined) headers.set(name, value);
    const response = await fetch(this.url + path, {
      method,
      headers,
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    this.remember(response.headers.get('x-position'));
    return answerOf(response, text);
  }

  private remember(header: string | null): void {
    if (header === null || !/^\d+$/.test(header)) return;
    const position = BigInt(header);
    if (this.position === undefined || position > this.position) this.position = position;
  }
}

type GraphqlBody = Readonly<{ errors?: readonly Readonly<{ extensions?: unknown }>[] }>;

const lowerCased = (headers: RequestHeaders): RequestHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What is unavailable for longer is a fault. */
const mostRepetitions = 30;

async function repeated(first: Promise<Answer>, ask: () => Promise<Answer>, again: (answer: Answer) => boolean): Promise<Answer> {
  let answer = await first;
  for (let repetitions = 0; repetitions < mostRepetitions && again(answer); repetitions += 1) {
    await delay(100);
    answer = await ask();
  }
  return answer;
}

const isFromRoot = (path: string): boolean => /^\/((api|app|health|metrics|docs|graphiql|\.well-known)([/?]|$)|favicon\.ico$|$)/.test(path);

function answerOf(response: Response, text: string): Answer {
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '') && text !== '';
  const body: unknown = isJson ? JSON.parse(text) : text;
  const { data, meta, error } = (isJson && typeof body === 'object' && body !== null ? body : {}) as {
    data?: unknown;
    meta?: unknown;
    error?: unknown;
  };
  return { status: response.status, headers: response.headers, body, data, meta, error };
}
