import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';

export type Answer<T = unknown> = Readonly<{
  status: number;
  data: T;
  meta: Readonly<Record<string, unknown>>;
  /** The answer had been given before: this Idempotency-Key was used by an earlier request (our own repeats of this one aside). */
  replayed: boolean;
  position: string | undefined;
}>;

type ErrorBody = Readonly<{
  code: string;
  message: string;
  details?: readonly Readonly<{ field: string; code: string; message: string }>[];
  id?: number;
}>;

/** The server understood and said no (4xx), or failed in a way that trying again did not cure. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The record that holds a reference already (`DUPLICATE_REFERENCE`). */
    readonly firstId: number | undefined,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export type RequestOptions = Readonly<{
  body?: unknown;
  query?: Readonly<Record<string, string | number>>;
  idempotencyKey?: string;
  /** A question that is sent as a POST: it is repeated like a GET. */
  isQuestion?: boolean;
}>;

export type ApiClientOptions = Readonly<{
  url: string;
  key: string;
  entityId?: number;
  /** How long a request is tried again while the server is away, in milliseconds. */
  patience?: number;
  /** How long one request may take until its outcome counts as unknown, in milliseconds. */
  timeout?: number;
  /** Told once a pause begins, so that a person sees why nothing moves. */
  onRetry?: (reason: string) => void;
}>;

/** A client of the public REST API, like everybody else's: it repeats what is safe to repeat until the server is back. */
export class ApiClient {
  private readonly agent: Agent;

  constructor(private readonly options: ApiClientOptions) {
    const timeout = options.timeout ?? 60_000;
    this.agent = new Agent({ connections: 64, keepAliveTimeout: 10_000, headersTimeout: timeout, bodyTimeout: timeout });
  }

  get<T>(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<Answer<T>> {
    return this.send<T>('GET', path, { query });
  }

  post<T>(path: string, body: unknown, idempotencyKey?: string): Promise<Answer<T>> {
    return this.send<T>('POST', path, { body, idempotencyKey });
  }

  patch<T>(path: string, body: unknown, idempotencyKey?: string): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, { body, idempotencyKey });
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  /** @throws ApiError */
  async send<T>(method: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const giveUpAt = performance.now() + (this.options.patience ?? 0);
    const repeatable = method === 'GET' || options.isQuestion === true || options.idempotencyKey !== undefined;
    let mayHaveArrived = false;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.once<T>(method, path, options);
      if (!('retryAfter' in outcome)) return { ...outcome, replayed: outcome.replayed && !mayHaveArrived };
      mayHaveArrived ||= outcome.error.code === 'UNREACHABLE' && !outcome.error.message.includes('ECONNREFUSED');
      if (!repeatable || performance.now() + outcome.retryAfter > giveUpAt) throw outcome.error;
      this.options.onRetry?.(outcome.error.message);
      await delay(outcome.retryAfter + Math.min(100 * 2 ** attempt, 2_000) * Math.random());
    }
  }

  private async once<T>(
    method: string,
    path: string,
    { body, query, idempotencyKey }: RequestOptions,
  ): Promise<Answer<T> | { error: ApiError; retryAfter: number }> {
    const { url, key, entityId } = this.options;
    try {
      const response = await request(new URL(`/api/v1${path}`, url), {
        method: method as 'GET',
        dispatcher: this.agent,
        query,
        headers: {
          authorization: `Bearer ${key}`,
          ...(entityId === undefined ? {} : { 'x-entity-id': String(entityId) }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await response.body.text();
      if (response.statusCode < 400) return answerOf<T>(response.statusCode, response.headers, text, url);
      const error = errorOf(response.statusCode, text, url);
      if (!isWorthRepeating(error)) throw error;
      return { error, retryAfter: Number(response.headers['retry-after'] ?? 0) * 1000 };
    } catch (cause) {
      if (cause instanceof ApiError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      return { error: new ApiError(0, 'UNREACHABLE', `${url} cannot be reached: ${reason}`, undefined), retryAfter: 0 };
    }
  }
}

/** The server that HOST and PORT of the environment describe, as a client reaches it: an address to listen on everywhere is none to call. */
export function serverUrlOf({ HOST, PORT }: Readonly<Record<string, string | undefined>>): string {
  const host = HOST === undefined || HOST === '' || HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT || '3000'}`;
}

function answerOf<T>(status: number, headers: Record<string, string | string[] | undefined>, text: string, url: string): Answer<T> {
  const body = text === '' ? {} : jsonIn(text);
  if (body === undefined) throw new ApiError(status, 'NOT_MILLWRIGHT', `${url} answers, but not as Millwright does`, undefined);
  const { data, meta } = body as { data: T; meta?: Record<string, unknown> };
  const position = headers['x-position'];
  return {
    status,
    data,
    meta: meta ?? {},
    replayed: headers['idempotent-replayed'] === 'true',
    position: typeof position === 'string' ? position : undefined,
  };
}

function errorOf(status: number, text: string, url: string): ApiError {
  // A proxy in between may answer with a page of its own; the status is all there is then.
  const error = (jsonIn(text) as { error?: ErrorBody } | undefined)?.error;
  if (error === undefined)
    return new ApiError(status, `HTTP_${status}`, `${url} answers HTTP ${status}, but not as Millwright does`, undefined);
  if (status === 401) return new ApiError(status, error.code, `${url} does not accept this API key`, undefined);
  // With one field, the message says it all.
  const details = (error.details ?? []).slice(1).map(({ field, message }) => `${field}: ${message}`);
  const message = error.message.replace(/ \(and \d+ more\)$/, '');
  return new ApiError(status, error.code, [message, ...details].join('; '), error.id);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isWorthRepeating = ({ status, code }: ApiError): boolean =>
  status === 503 || status === 502 || status === 504 || status === 429 || code === 'IDEMPOTENCY_KEY_IN_USE';
