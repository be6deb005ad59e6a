import type { Pool } from 'pg';

/** Which answers are looked for. */
export type SoughtAnswers = Readonly<{
  /** One of these stands in each of them. */
  holding: readonly string[];
  /** Requests that began earlier are left out. */
  since?: Date;
  /** Whether it is one of them indeed: `holding` only says which are worth a closer look. */
  isSought(body: string): boolean;
}>;

/**
 * In place of `said` answers say `instead`, all as it stands in JSON. `of`: only where this stands before it in the same object, and no other between them, for
 * others may say the same. `kind` stands in whatever `said` does, and in few other answers.
 */
export type Told = Readonly<{ kind: string; of?: string; said: string; instead: string }>;

/** What answers tell of a record and are to tell no more. `made` is when the record was (RFC 3339), and its answers with it. */
export type ToldInAnswers = Readonly<{ told: readonly Told[]; made: string }>;

/** A text of the comment with that id, which answers tell behind the id: of the comment itself, and of what is kept of a person. */
export type TextInAnswers = Readonly<{ id: number; text: string; made: string }>;

export const textTold = ({ id, text, made }: TextInAnswers): ToldInAnswers => ({
  told: ['id', 'comment_id'].map((named) => ({
    kind: '"text":',
    of: `"${named}":${id},`,
    said: `"text":${JSON.stringify(text)}`,
    instead: '"text":null',
  })),
  made,
});

/** Has something vanish from the answers that are stored for repeats, which tell the record as it was. */
export async function forgetInAnswers(database: Pick<Pool, 'query'>, { told, made }: ToldInAnswers): Promise<void> {
  // A request may have begun before the record was made, and one that has read it comes whenever it likes.
  for await (const scopes of begunSince(database, new Date(Date.parse(made) - hourMs)))
    for (const { of = '', said, instead } of told)
      await database.query(
        `UPDATE app.idempotency_keys SET body = (
           SELECT string_agg(part || CASE WHEN place = parts THEN '' WHEN strpos(split_part(part, '{', -1), $2) > 0 THEN $4 ELSE $3 END, '' ORDER BY place)
           FROM (SELECT part, place, count(*) OVER () AS parts FROM unnest(string_to_array(body, $3)) WITH ORDINALITY AS split (part, place)) each
         ) WHERE scope = ANY($1::uuid[]) AND strpos(body, $2) > 0 AND strpos(body, $3) > 0`,
        [scopes, of, said, instead],
      );
}

/** The same in the text of one answer. */
export function withoutTold(body: string, { of = '', said, instead }: Told): string {
  const parts = body.split(said);
  const last = parts.pop() ?? '';
  return parts.map((part) => part + (part.slice(part.lastIndexOf('{') + 1).includes(of) ? instead : said)).join('') + last;
}

const hourMs = 3_600_000;

/** So few that no statement comes near the time that the pool gives one, however large its answers are. */
const atOnce = 500;
const lowestScope = '00000000-0000-0000-0000-000000000000';

/** The answers of `app.idempotency_keys` from end to end: there may be hundreds of thousands, and no index says what stands in them. */
export class KeptAnswers {
  constructor(private readonly database: Pool) {}

  /** Has answers vanish. Their requests stay done: a repeat makes its answer anew, from its events. */
  async forget(sought: SoughtAnswers): Promise<void> {
    for await (const scopes of sought.since ? begunSince(this.database, sought.since) : this.all()) {
      const { rows } = await this.database.query<{ scope: string; body: string }>(
        `SELECT scope, body FROM app.idempotency_keys WHERE scope = ANY($1::uuid[]) AND status IS NOT NULL
           AND EXISTS (SELECT FROM unnest($2::text[]) said WHERE strpos(body, said) > 0)`,
        [scopes, sought.holding],
      );
      const found = rows.filter(({ body }) => sought.isSought(body)).map(({ scope }) => scope);
      if (found.length > 0) await this.empty(found);
    }
  }

  private async empty(scopes: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE app.idempotency_keys SET status = NULL, headers = NULL, body = NULL, lease_until = now()
       WHERE scope = ANY($1::uuid[]) AND status IS NOT NULL`,
      [scopes],
    );
  }

  private async *all(): AsyncGenerator<readonly string[]> {
    for (let last = lowestScope; ;) {
      const { rows } = await this.database.query<{ scope: string }>(
        'SELECT scope FROM app.idempotency_keys WHERE scope > $1 ORDER BY scope LIMIT $2',
        [last, atOnce],
      );
      const scopes = rows.map(({ scope }) => scope);
      if (scopes.length > 0) yield scopes;
      if (scopes.length < atOnce) return;
      last = scopes.at(-1) ?? last;
    }
  }
}

/** In the order of their beginning, so that what is read is what was written together, and nothing older. */
async function* begunSince(database: Pick<Pool, 'query'>, instant: Date): AsyncGenerator<readonly string[]> {
  for (let [begun, last] = [instant.toISOString(), lowestScope]; ;) {
    const { rows } = await database.query<{ scope: string; begun: string }>(
      // The first condition says nothing that the second does not, but only it is looked up in the index.
      `SELECT scope, created_at::text AS begun FROM app.idempotency_keys
       WHERE created_at >= $1 AND (created_at, scope) > ($1, $2) ORDER BY created_at, scope LIMIT $3`,
      [begun, last, atOnce],
    );
    if (rows.length > 0) yield rows.map(({ scope }) => scope);
    if (rows.length < atOnce) return;
    ({ begun, scope: last } = rows.at(-1) ?? { begun, scope: last });
  }
}
