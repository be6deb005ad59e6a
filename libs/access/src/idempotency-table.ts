import type { Pool } from 'pg';
import { sharedStatements, type KeyRow } from '#millwright/event-sourcing';

/** An answer as a client got it, kept to be given again; one with `final: false` is given once, and a repeat carries on instead. */
export type StoredAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
  final?: boolean;
  /** What whoever asks first is told in place of the body: it holds a secret, which is kept nowhere. */
  told?: string;
}>;

/** What a key's row knows of a request, whoever carries it out. */
export type Progress = Omit<KeyRow, 'owner' | 'leaseSeconds'>;

type Answered = Readonly<{ progress: Progress; answer: StoredAnswer }>;

export type KnownKey = Progress & Readonly<{ answer: StoredAnswer | null }>;

type DatabaseRow = Readonly<{
  scope: string;
  fingerprint: Buffer;
  event_id_base: string;
  streams: Record<string, number>;
  allocated: Record<string, number[]>;
  status: number | null;
  headers: Record<string, string> | null;
  body: string | null;
}>;

const keptForDays = 7;

/** A lease is short, for nobody can repeat a dead owner's request before it ends; the living renew it. */
export const leaseSeconds = 5;

/** How long answers are gathered before they are stored: one statement then serves some twenty of a busy server. */
const answersRestMs = 20;

const commits = (setting: 'on' | 'off'): string => `SELECT set_config('synchronous_commit', '${setting}', true)`;
const durable = commits('on');
const relaxed = commits('off');

/** Neither uuids, names of streams nor JSON hold control characters, so they can stand between texts without any escaping. */
const separator = '\u001f';
const nothing = '\u001e';
const texts = (parameter: string): string => `string_to_array(${parameter}, E'\\x1f', E'\\x1e')`;

/**
 * The rows of `app.idempotency_keys`. Each statement serves all requests that wait for it.
 * `relaxed` lets the commit of a claim, and of an answer that can be made again from its events, reach the disk later: right where the log shares the
 * database, since the append that follows flushes everything before it in the same write-ahead log.
 */
export class IdempotencyTable {
  private readonly reads = sharedStatements((scopes: readonly string[]) => this.readAll(scopes));
  private readonly claims = sharedStatements((rows: readonly Progress[]) => this.claimAll(rows));
  private readonly answers = sharedStatements((rows: readonly Answered[]) => this.answerAll(rows));
  private readonly lazyAnswers = sharedStatements((rows: readonly Answered[]) => this.finishAll(rows), { restMs: answersRestMs });
  private readonly settings: string;

  constructor(
    private readonly database: Pool,
    private readonly owner: string,
    options: Readonly<{ relaxed: boolean }>,
  ) {
    this.settings = options.relaxed ? relaxed : durable;
  }

  read(scope: string): Promise<KnownKey | undefined> {
    return this.reads.load(scope);
  }

  /** Stores the row "in progress"; false when another process holds it. */
  claim(progress: Progress): Promise<boolean> {
    return this.claims.load(progress);
  }

  /** Stores the answer, also of a request that claimed nothing before, on the disk; false when another process took the row over. */
  answer(progress: Progress, answer: StoredAnswer): Promise<boolean> {
    return this.answers.load({ progress, answer });
  }

  /** Stores an answer that can be made again from its events, whose row is there: a little later and with others; false when another process took the row over. */
  answerLater(progress: Progress, answer: StoredAnswer): Promise<boolean> {
    return this.lazyAnswers.load({ progress, answer });
  }

  /** Makes an unfinished row ours if its owner has let go of it or died; the row as it is then, or undefined. */
  async takeOver(scope: string): Promise<KnownKey | undefined> {
    const { rows } = await this.database.query<DatabaseRow>(
      `UPDATE app.idempotency_keys SET owner = $2, lease_until = now() + make_interval(secs => $3)
       WHERE scope = $1 AND status IS NULL AND (owner = $2 OR lease_until < now())
       RETURNING scope, fingerprint, event_id_base, streams, allocated, status, headers, body`,
      [scope, this.owner, leaseSeconds],
    );
    return rows[0] && keyRow(rows[0]);
  }

  async renew(scopes: readonly string[]): Promise<void> {
    await this.database.query(
      'UPDATE app.idempotency_keys SET lease_until = now() + make_interval(secs => $3) WHERE scope = ANY($1::uuid[]) AND owner = $2 AND status IS NULL',
      [scopes, this.owner, leaseSeconds],
    );
  }

  /** Lets go of an unfinished row, so that a repeat may go on with it at once. */
  async release(scope: string): Promise<void> {
    await this.database.query('UPDATE app.idempotency_keys SET lease_until = now() WHERE scope = $1 AND owner = $2 AND status IS NULL', [
      scope,
      this.owner,
    ]);
  }

  /** Removes the unfinished row of a request that did nothing. */
  async forget({ scope, eventIdBase }: Progress): Promise<void> {
    await this.database.query(
      'DELETE FROM app.idempotency_keys WHERE scope = $1 AND event_id_base = $2 AND owner = $3 AND status IS NULL',
      [scope, eventIdBase, this.owner],
    );
  }

  /** Removes rows past their time, some thousand a statement; answers how many went. */
  async purge(atMost = 5_000): Promise<number> {
    const { rowCount } = await this.database.query(
      `DELETE FROM app.idempotency_keys WHERE ctid = ANY(ARRAY(
         SELECT ctid FROM app.idempotency_keys WHERE created_at < now() - make_interval(days => $1) LIMIT $2))`,
      [keptForDays, atMost],
    );
    return rowCount ?? 0;
  }

  private async readAll(scopes: readonly string[]): Promise<(KnownKey | undefined)[]> {
    const { rows } = await this.database.query<DatabaseRow>({
      name: 'read-idempotency-keys',
      text: `SELECT scope, fingerprint, event_id_base, streams, allocated, status, headers, body
             FROM app.idempotency_keys WHERE scope = ANY($1::uuid[])`,
      values: [scopes],
    });
    const found = new Map(rows.map((row) => [row.scope, keyRow(row)]));
    return scopes.map((scope) => found.get(scope));
  }

  private async claimAll(rows: readonly Progress[]): Promise<boolean[]> {
    const { rows: claimed } = await this.database.query<{ scope: string }>({
      name: 'claim-idempotency-keys',
      text: `WITH settings AS (${this.settings})
        INSERT INTO app.idempotency_keys AS kept (scope, fingerprint, event_id_base, streams, allocated, owner, lease_until)
        SELECT row.*, $6::uuid, now() + make_interval(secs => $7)
        FROM settings, unnest(${columnsSql}) AS row
        ON CONFLICT (scope) DO UPDATE SET streams = excluded.streams, allocated = excluded.allocated,
          lease_until = excluded.lease_until
        WHERE kept.owner = excluded.owner AND kept.event_id_base = excluded.event_id_base AND kept.status IS NULL
        RETURNING scope`,
      values: [...columns(rows), this.owner, leaseSeconds],
    });
    const won = new Set(claimed.map(({ scope }) => scope));
    return rows.map(({ scope }) => won.has(scope));
  }

  private async answerAll(rows: readonly Answered[]): Promise<boolean[]> {
    const { rows: stored } = await this.database.query<{ scope: string }>({
      name: 'answer-idempotency-keys',
      text: `WITH settings AS (${durable})
        INSERT INTO app.idempotency_keys AS kept
          (scope, fingerprint, event_id_base, streams, allocated, status, headers, body, owner, lease_until)
        SELECT row.*, $9::uuid, now()
        FROM settings, unnest(${columnsSql}, ${answerColumnsSql('$6', '$7', '$8')}) AS row
        ON CONFLICT (scope) DO UPDATE SET status = excluded.status, headers = excluded.headers, body = excluded.body
        WHERE kept.owner = excluded.owner AND kept.event_id_base = excluded.event_id_base
        RETURNING scope`,
      values: [...columns(rows.map(({ progress }) => progress)), ...answerColumns(rows), this.owner],
    });
    return answered(rows, stored);
  }

  private async finishAll(rows: readonly Answered[]): Promise<boolean[]> {
    const { rows: stored } = await this.database.query<{ scope: string }>({
      name: 'finish-idempotency-keys',
      text: `WITH settings AS (${this.settings})
        UPDATE app.idempotency_keys AS kept SET status = row.status, headers = row.headers, body = row.body
        FROM settings, unnest(${texts('$1')}::uuid[], ${texts('$2')}::uuid[], ${answerColumnsSql('$3', '$4', '$5')})
          AS row (scope, event_id_base, status, headers, body)
        WHERE kept.scope = row.scope AND kept.event_id_base = row.event_id_base AND kept.owner = $6::uuid
        RETURNING kept.scope`,
      values: [
        joined(rows, ({ progress }) => progress.scope),
        joined(rows, ({ progress }) => progress.eventIdBase),
        ...answerColumns(rows),
        this.owner,
      ],
    });
    return answered(rows, stored);
  }
}

const columnsSql = `${texts('$1')}::uuid[], ${texts('$2')}::bytea[], ${texts('$3')}::uuid[], ${texts('$4')}::jsonb[], ${texts('$5')}::jsonb[]`;

const columns = (rows: readonly Progress[]): string[] => [
  joined(rows, ({ scope }) => scope),
  joined(rows, ({ fingerprint }) => `\\x${fingerprint}`),
  joined(rows, ({ eventIdBase }) => eventIdBase),
  joined(rows, ({ streams }) => JSON.stringify(streams)),
  joined(rows, ({ allocated }) => JSON.stringify(allocated)),
];

const answerColumnsSql = (status: string, headers: string, body: string): string =>
  `${texts(status)}::integer[], ${texts(headers)}::jsonb[], ${texts(body)}`;

const answerColumns = (rows: readonly Answered[]): string[] => [
  joined(rows, ({ answer }) => answer.status),
  joined(rows, ({ answer }) => JSON.stringify(answer.headers)),
  joined(rows, ({ answer }) => answer.body),
];

/** Which of them are among the stored rows. */
function answered(rows: readonly Answered[], stored: readonly Readonly<{ scope: string }>[]): boolean[] {
  const won = new Set(stored.map(({ scope }) => scope));
  return rows.map(({ progress }) => won.has(progress.scope));
}

const joined = <Item>(rows: readonly Item[], textOf: (row: Item) => string | number | null): string =>
  rows.map((row) => textOf(row) ?? nothing).join(separator);

const keyRow = (row: DatabaseRow): KnownKey => ({
  scope: row.scope,
  fingerprint: row.fingerprint.toString('hex'),
  eventIdBase: row.event_id_base,
  streams: row.streams,
  allocated: row.allocated,
  answer: row.status === null ? null : { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' },
});
