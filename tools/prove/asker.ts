import { setTimeout as delay } from 'node:timers/promises';
import { request, type Agent } from 'undici';

/** What came back, as bytes and as what they say. */
export type Reply = Readonly<{
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  body: ReplyBody;
}>;

export type Failure = Readonly<{ code?: string; required_scope?: string; required_tier?: string; request_id?: string; message?: string }>;
export type ReplyBody = Readonly<{
  data?: unknown;
  meta?: Readonly<Record<string, unknown>>;
  error?: Failure;
  errors?: readonly Readonly<{ extensions?: Failure; path?: readonly unknown[]; message?: string }>[];
  extensions?: Readonly<Record<string, unknown>>;
  results?: readonly Readonly<{ status: number; body: ReplyBody | null }>[];
}>;

/** Somebody with a credential, who asks one thing at a time and takes every answer as it is. */
export class Asker {
  constructor(
    private readonly url: string,
    readonly credential: string,
    private readonly agent: Agent,
    private readonly entityId: number | undefined = 1,
  ) {}

  /** @param body text goes as it is @param path from the root */
  async ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string | undefined>> = {}): Promise<Reply> {
    const own = {
      authorization: this.credential === '' ? undefined : `Bearer ${this.credential}`,
      'x-entity-id': this.entityId === undefined ? undefined : String(this.entityId),
      'content-type': body === undefined ? undefined : 'application/json',
    };
    const sent = Object.entries({ ...own, ...headers }).filter((header): header is [string, string] => header[1] !== undefined);
    const answer = await request(this.url + path, {
      method: method as 'GET',
      dispatcher: this.agent,
      headers: Object.fromEntries(sent),
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, body: bodyOf(text) };
  }

  graphql(query: string, variables?: object): Promise<Reply> {
    return this.ask('POST', '/api/v1/graphql', { query, variables });
  }

  /** What is made or read without fail. @throws Error with what was answered instead */
  async data<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text, body: said } = await this.ask(method, `/api/v1${path}`, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return said.data as T;
  }
}

function bodyOf(text: string): ReplyBody {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Does everything, so many at once. */
export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>, atOnce = 12): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

/** Where the log ends: whoever is the administrator's key is told. */
export async function logHead(administrator: Asker): Promise<string> {
  const { text } = await administrator.ask('GET', '/health/ready');
  const { log } = JSON.parse(text) as { log?: { position: string } };
  if (!log) throw new Error(`the server does not say how far its log is: ${text.slice(0, 200)}`);
  return log.position;
}

type Follower = Readonly<{ position: string; unfinished_events?: number }>;

/** Where the log ends once everything that follows from it has followed. */
export async function settledHead(administrator: Asker): Promise<string> {
  for (;;) {
    const { text } = await administrator.ask('GET', '/health/ready');
    const { log, process_managers: managers = [] } = JSON.parse(text) as {
      log: { position: string };
      process_managers?: readonly Follower[];
    };
    if (managers.every(({ position, unfinished_events: left = 0 }) => position === log.position && left === 0)) return log.position;
    await delay(50);
  }
}
