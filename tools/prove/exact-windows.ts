import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Agent } from 'undici';
import { Asker, type Reply } from './asker.js';
import { none, type Finding, type Findings } from './proof.js';
import type { Random } from './random.js';
import { RoleHolders } from './role-holders.js';
import type { SeveralProcesses } from './several-processes.js';

/** How much is taken in any window of how many seconds: so little that a busy machine, too, answers more than that. */
const promised = { requests: 10, seconds: 5 };
const users = 16;
const requestsInAll = 10_000;

/** What is sent, and what it counts (contract, part 4, S24). */
const forms = [
  { weight: 1, send: (asker: Asker): Promise<Reply> => asker.ask('GET', '/api/v1/part_types?per_page=1') },
  {
    weight: 2,
    send: (asker: Asker): Promise<Reply> =>
      asker.graphql('{ one: partTypes(first: 1) { totalCount } other: partTypes(first: 1) { totalCount } }'),
  },
  {
    weight: 3,
    send: (asker: Asker): Promise<Reply> =>
      asker.ask('POST', '/api/v1/batch', { sequential: true, ops: Array.from({ length: 3 }, () => ({ method: 'GET', url: '/api/v1/part_types?per_page=1' })) }), // prettier-ignore
  },
] as const;

/** Somebody whose calls are counted together: his session and a key of his, each at either process. */
type Sender = Readonly<{ subject: string; askers: readonly Asker[] }>;
/** A call that was taken, by the database's clock, in seconds. */
type Taken = Readonly<{ subject: string; at: number; weight: number }>;

/** Sends as fast as it is let, waits when it is told to, and looks at what was taken when. */
export class ExactWindows {
  private sent = 0;
  private refused = 0;
  private waited = 0;
  private readonly again: string[] = [];
  private readonly untold: string[] = [];
  private readonly failed: string[] = [];
  private unavailable = 0;

  private constructor(
    private readonly senders: readonly Sender[],
    private readonly database: pg.Client,
    private readonly agent: Agent,
    private readonly random: Random,
  ) {}

  static async of({ servers, adminKey, databaseUrl }: SeveralProcesses, random: Random): Promise<ExactWindows> {
    const agent = new Agent({ connections: 2 * users });
    const urls = servers.map(({ url }) => url);
    const [url = ''] = urls;
    const administrator = new Asker(url, adminKey, agent);
    const holders = await RoleHolders.at(url, administrator, agent);
    const senders: Sender[] = [];
    for (let number = 0; number < users; number += 1) {
      const { id } = await holders.user('manager', [1]);
      const session = await holders.signedIn(id);
      senders.push({ subject: `user:${id}`, askers: await credentialsOf(session, number, urls, agent) });
    }
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    await database.query(witness);
    const { requests, seconds: window_seconds } = promised;
    await administrator.data('PATCH', '/installation', { tier: 'enterprise', rate_limits: 'on', requests, window_seconds });
    // Every process goes by it within a second.
    await delay(1_000);
    // What the session was used for until now was not counted by anybody.
    await database.query('TRUNCATE proof.taken_calls');
    return new ExactWindows(senders, database, agent, random);
  }

  async findings(seconds: number): Promise<Findings> {
    const end = performance.now() + seconds * 1_000;
    await Promise.all(this.senders.map((sender) => this.work(sender, end)));
    const { rows: taken } = await this.database.query<Taken>(
      'SELECT subject, extract(epoch FROM accepted_at)::float8 AS at, weight FROM proof.taken_calls ORDER BY subject, accepted_at, id',
    );
    const held = this.senders.map(({ subject }) => fullestWindows(taken.filter((call) => call.subject === subject)));
    const full = held.reduce((sum, { full: found }) => sum + found, 0);
    return {
      claims: [...this.claims(), ...windowClaims(held)],
      figures: {
        'requests sent': this.sent,
        'of these refused': this.refused,
        'of these too late for a busy machine (503)': this.unavailable,
        'calls taken, with what they count': taken.reduce((sum, { weight }) => sum + weight, 0),
        'seconds waited, of all users': this.waited,
        'windows that held all that was promised': full,
        'users, credentials of each, processes': `${users}, 2, 2`,
        promised: `${promised.requests} in any ${promised.seconds} s`,
      },
    };
  }

  async close(): Promise<void> {
    await this.database.end();
    await this.agent.close();
  }

  private claims(): Finding[] {
    return [
      none('a client that waited exactly as long as Retry-After said was not refused again', this.again),
      none('who is refused has less left than what he asked for counts, and is told when it fits', this.untold),
      none('nothing was answered but what was asked for, 429, and 503 where the machine is too busy', this.failed),
      { claim: 'somebody was refused, so that something was tried', held: this.refused > 0, figure: `${this.refused} refusals` },
    ];
  }

  /** One request after the other, each with either credential at either process. */
  private async work({ subject, askers }: Sender, end: number): Promise<void> {
    let waits = 0;
    // Each has once had all that was promised, however short the run.
    while ((this.sent < requestsInAll && performance.now() < end) || waits === 0) {
      const form = this.random.next() < 0.9 ? forms[0] : this.random.pick(forms);
      const first = await this.send(subject, this.random.pick(askers), form);
      if (first === undefined) continue;
      await waitExactly(first);
      if (form.weight === 1) waits += 1;
      this.waited += first / 1_000;
      const second = await this.send(subject, this.random.pick(askers), form);
      if (second !== undefined)
        this.again.push(`${subject} waited ${first / 1_000} s for ${form.weight}, and was told ${second / 1_000} s more`);
    }
  }

  /** Answers how many milliseconds are to be waited; undefined where it was taken. */
  private async send(subject: string, asker: Asker, { weight, send }: (typeof forms)[number]): Promise<number | undefined> {
    this.sent += 1;
    const { status, headers, text } = await send(asker);
    if (status === 200) return undefined;
    if (status === 503) {
      // On a busy machine; it is to come again, and says nothing of limits.
      this.unavailable += 1;
      return undefined;
    }
    if (status !== 429) {
      this.failed.push(`${subject}: ${status} ${text.slice(0, 200)}`);
      return undefined;
    }
    this.refused += 1;
    const [left, wait] = [Number(headers['x-ratelimit-remaining']), Number(headers['retry-after'])];
    if (!(left < weight) || !(wait >= 1 && wait <= promised.seconds))
      this.untold.push(`${subject}: ${left} left for ${weight}, wait ${wait} s`);
    return wait * 1_000;
  }
}

/** A session and a key of one person, each at every process. */
async function credentialsOf(session: Asker, number: number, urls: readonly string[], agent: Agent): Promise<Asker[]> {
  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  const scopes = ['part_types:read'];
  const { key } = await session.data<{ key: string }>('POST', '/access/api_keys', {
    name: `key ${number}`,
    scopes,
    entity_ids: [1],
    expires_at,
  });
  return urls.flatMap((url) => [session.credential, key].map((credential) => new Asker(url, credential, agent)));
}

/** No timer may be early by what it rounds. */
async function waitExactly(milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = until - performance.now()) await delay(Math.ceil(left));
}

/** What one user's windows held at most, and how many of them ended with as much as was promised. */
function fullestWindows(calls: readonly Taken[]): Readonly<{ most: number; full: number }> {
  let [first, held, most, full] = [0, 0, 0, 0];
  for (const { at, weight } of calls) {
    // A call that was taken at t counts in [t, t + window): what is compared was written with microseconds.
    for (let oldest = calls[first]; oldest && oldest.at + promised.seconds <= at + 0.000_000_5; oldest = calls[(first += 1)])
      held -= oldest.weight;
    held += weight;
    most = Math.max(most, held);
    if (held === promised.requests) full += 1;
  }
  return { most, full };
}

function windowClaims(held: readonly Readonly<{ most: number; full: number }>[]): Finding[] {
  const most = Math.max(...held.map((one) => one.most));
  const least = Math.min(...held.map((one) => one.most));
  return [
    { claim: 'no window of any user held more than was promised', held: most <= promised.requests, figure: `at most ${most}` },
    { claim: 'every user came to have all that was promised in a window', held: least === promised.requests, figure: `at least ${least}` },
  ];
}

/** Keeps of every call that stays taken when that was, past the product, which forgets it when it counts no more. */
const witness = `
CREATE SCHEMA proof;
CREATE TABLE proof.taken_calls (id bigint PRIMARY KEY, subject text NOT NULL, accepted_at timestamptz NOT NULL, weight integer NOT NULL);
CREATE FUNCTION proof.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO proof.taken_calls VALUES (NEW.id, NEW.subject, NEW.accepted_at, NEW.weight);
  ELSIF OLD.accepted_at + interval '${promised.seconds} seconds' > clock_timestamp() THEN
    -- It was taken back, for it turned out to count more.
    DELETE FROM proof.taken_calls WHERE id = OLD.id;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER note AFTER INSERT OR DELETE ON app.counted_calls FOR EACH ROW EXECUTE FUNCTION proof.note();
`;
