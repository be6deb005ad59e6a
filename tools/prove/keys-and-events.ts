import pg from 'pg';
import { nameBasedUuid, type EventLog, type Position, type RecordedEvent } from '#millwright/event-sourcing';
import { KeyedRequest } from './keyed-request.js';
import type { TwoProcesses } from './two-processes.js';

type Row = Readonly<{ event_id_base: string; streams: Readonly<Record<string, number>> }>;

const pageSize = 1_000;

/** The rows of keys and the events of requests, past the product. */
export class KeysAndEvents {
  looks = 0;
  readonly eventsWithoutRow: string[] = [];
  readonly rowsWithoutEvents: string[] = [];
  private position: Position = 0n;
  private began = '';
  private events: RecordedEvent[] = [];

  private constructor(
    private readonly database: pg.Pool,
    private readonly log: EventLog,
    /** Whether a row is in one transaction with its events; where the log is elsewhere, a row comes before them. */
    private readonly together: boolean,
  ) {}

  static async of({ databaseUrl, log, place }: TwoProcesses): Promise<KeysAndEvents> {
    const database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    return new KeysAndEvents(database, log, place === 'PostgreSQL');
  }

  /** What comes from now on is what is looked at. */
  async begin(): Promise<void> {
    await this.readOn();
    this.events = [];
    const { rows } = await this.database.query<{ now: string }>('select now()::text as now');
    this.began = rows[0]?.now ?? '';
  }

  /** How many events name each key. */
  async effects(): Promise<Map<string, number>> {
    await this.readOn();
    const effects = new Map<string, number>();
    for (const { data } of this.events) {
      const key = KeyedRequest.keyIn(data);
      if (key !== undefined) effects.set(key, (effects.get(key) ?? 0) + 1);
    }
    return effects;
  }

  /** Looks for rows without events, and for events without rows. The log is read between the rows, so that neither can be too young to be there. */
  async look(): Promise<void> {
    const before = await this.rows();
    await this.readOn();
    const after = await this.rows();
    this.looks += 1;
    const appended = new Set(this.events.map(({ id }) => id));
    const firstIds = new Set(after.map(firstEventId));
    for (const { id, type, data } of this.events) {
      const key = KeyedRequest.keyIn(data);
      if (key !== undefined && !firstIds.has(id)) this.eventsWithoutRow.push(`${key}: ${type} ${id}`);
    }
    if (!this.together) return;
    for (const row of before)
      if (Object.keys(row.streams).length > 0 && !appended.has(firstEventId(row)))
        this.rowsWithoutEvents.push(`${row.event_id_base} of ${Object.keys(row.streams).join(', ')}`);
  }

  close(): Promise<void> {
    return this.database.end();
  }

  private async rows(): Promise<Row[]> {
    const { rows } = await this.database.query<Row>('select event_id_base, streams from app.idempotency_keys where created_at >= $1', [
      this.began,
    ]);
    return rows;
  }

  private async readOn(): Promise<void> {
    for (let page = await this.page(); page.length > 0; page = await this.page()) {
      this.events.push(...page);
      this.position = page.at(-1)?.position ?? this.position;
    }
  }

  private page(): Promise<RecordedEvent[]> {
    return this.log.readAll(this.position, pageSize);
  }
}

/** The id of a request's first event follows from its row (storage-format, "Retrying an unknown outcome"). */
const firstEventId = ({ event_id_base: base }: Row): string => nameBasedUuid('0', base);
