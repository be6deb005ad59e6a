import { request } from 'undici';

export type Told = Readonly<{
  status: number;
  data: unknown;
  meta: Readonly<{ hidden?: readonly string[] }>;
  /** What it was refused with; null where it was not. */
  code: string | null;
  requiredScope: string | null;
}>;

type Body = Readonly<{
  data?: unknown;
  meta?: Told['meta'];
  error?: Readonly<{ code: string; required_scope?: string }>;
  errors?: readonly Readonly<{ extensions?: Readonly<{ code: string; required_scope?: string }> }>[];
  extensions?: Told['meta'];
}>;

/** Somebody who asks with a credential of his own, over both edges, and takes a no for an answer. */
export class Caller {
  constructor(
    private readonly url: string,
    /** Null: nobody who is known. */
    private readonly credential: string | null,
    private readonly siteId = 1,
  ) {}

  get(path: string): Promise<Told> {
    return this.ask('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<Told> {
    return this.ask('POST', path, JSON.stringify(body));
  }

  patch(path: string, body: unknown): Promise<Told> {
    return this.ask('PATCH', path, JSON.stringify(body));
  }

  graphql(query: string): Promise<Told> {
    return this.ask('POST', '/graphql', JSON.stringify({ query }));
  }

  /** What OAuth takes: a form, answered without the envelope. */
  async token(client: Readonly<{ client_id: string; client_secret: string }>): Promise<string> {
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...client }).toString();
    const { body } = await this.send('POST', '/oauth/token', form, 'application/x-www-form-urlencoded');
    const { access_token: token } = body as { access_token?: string };
    if (token === undefined) throw new Error('there was no token for the client');
    return token;
  }

  private async ask(method: string, path: string, text?: string): Promise<Told> {
    const { status, body } = await this.send(method, path, text);
    const refusal = body.error ?? body.errors?.[0]?.extensions;
    return {
      status,
      data: body.data,
      meta: body.extensions ?? body.meta ?? {},
      code: refusal?.code ?? null,
      requiredScope: refusal?.required_scope ?? null,
    };
  }

  private async send(method: string, path: string, text?: string, type = 'application/json'): Promise<{ status: number; body: Body }> {
    const { statusCode, body } = await request(`${this.url}/api/v1${path}`, {
      method: method as 'GET',
      headers: {
        'x-entity-id': String(this.siteId),
        ...(this.credential !== null && { authorization: `Bearer ${this.credential}` }),
        ...(text !== undefined && { 'content-type': type }),
      },
      body: text,
    });
    return { status: statusCode, body: (await body.json()) as Body };
  }
}
