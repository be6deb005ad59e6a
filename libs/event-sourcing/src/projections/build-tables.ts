import type pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import type { Projection, TableDefinition } from '../projection.js';
import { answeredInTime } from './answered-in-time.js';
import { foldBatch } from './batch-fold.js';
import { BatchWriter, type BuildChanges } from './batch-writer.js';
import { CheckpointMoved, stepAlone } from './checkpoint-step.js';
import { ranOutOfTime, refusesRows } from './culprits.js';
import { ParkedStreams, type ParkedStream } from './parked-streams.js';
import { rememberedRows, RowBuffer } from './row-buffer.js';
import { RowLoader } from './row-loader.js';

/** What is gathered in memory before it is written while catching up: so many events, added rows, milliseconds, and characters of changed rows. */
const gatherAtMost = { events: 200_000, adds: 5000, ms: 10_000 };

/** Folds events into the tables of one build, and knows how far the database has them. */
export class BuildTables {
  /** The checkpoint in the database. */
  stored: Position = 0n;
  readonly parked: ParkedStreams;
  private readonly rows: RowBuffer;
  private readonly loader: RowLoader;
  private readonly writer: BatchWriter;
  /** Folded in memory up to here, and handed to the writer up to there. */
  private folded: Position = 0n;
  private handedOver: Position = 0n;
  private gatheredEvents = 0;
  /** Less once the database has run out of time over a hand-over: the same rows would take as long the next time. */
  private mostEvents = gatherAtMost.events;
  private gatheringSince = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    readonly projection: Projection,
    readonly schema: string,
    /** As the database has them: of a build that another release made, they may lack columns. */
    tables: readonly TableDefinition[],
    private readonly pool: pg.Pool,
    private readonly log: Pick<EventLog, 'readStream'>,
    private readonly wrote: (parked: readonly ParkedStream[]) => void,
    /** Characters of rows this build may keep in memory. */
    private readonly memory: () => number,
  ) {
    this.parked = new ParkedStreams(projection.name);
    this.rows = new RowBuffer(projection.tables, tables);
    this.loader = new RowLoader(pool, schema, tables);
    this.writer = new BatchWriter(pool);
  }

  /** Whether something is folded that the database does not have yet. */
  get unwritten(): boolean {
    return this.folded > this.stored;
  }

  /** Starts from what the database says. @throws CheckpointMoved when the build is gone, or is not worked as this one believes */
  async reload(how: 'alone' | 'together' = 'alone'): Promise<void> {
    await this.writing.catch(() => undefined);
    const { rows } = await this.pool.query<{ checkpoint: string; streams: string[] }>(
      answeredInTime({
        text: `select case when b.live then l.checkpoint else b.checkpoint end::text as checkpoint,
                 array(select stream from app.parked_streams p where p.schema_name = b.schema_name) as streams
               from app.projection_builds b, app.live_read_models l where schema_name = $1 and not retired and live = $2`,
        values: [this.schema, how === 'together'],
      }),
    );
    const [row] = rows;
    if (!row) throw new CheckpointMoved(this.schema);
    this.forget();
    this.parked.reset(row.streams);
    this.movedTo(BigInt(row.checkpoint));
  }

  forget(): void {
    this.rows.forget();
    this.parked.forget();
    this.gatheredEvents = 0;
    this.writing = Promise.resolve();
  }

  /** The checkpoint was moved, without anything to write. */
  movedTo(position: Position): void {
    this.stored = this.folded = this.handedOver = position;
  }

  /** Folds a stretch whose rows somebody else writes: `changes`, then `written` or `forget`. */
  async fold(events: readonly RecordedEvent[]): Promise<void> {
    await foldBatch(this.projection, events, this.rows, this.parked, this.loader, this.log);
  }

  /** What was folded and is not written. */
  changes(): BuildChanges {
    return { schema: this.schema, changes: this.rows.changes(), parked: this.parked.unstored() };
  }

  /** The changes are in the database. */
  written(upTo: Position): void {
    this.rows.settle(rememberedRows);
    this.movedTo(upTo);
    this.wrote(this.parked.settle());
  }

  /** Folds and writes a stretch in one transaction; where its rows are refused, halves it until the stream is found that cannot be written. */
  async foldAndWrite(events: readonly RecordedEvent[], upTo: Position, culprit?: unknown): Promise<void> {
    await this.flush();
    try {
      const [event] = events;
      if (culprit !== undefined && event) this.parked.park(event, culprit);
      else await this.fold(events);
      await this.writer.write(stepAlone(this.schema, this.stored, upTo), [this.changes()]);
    } catch (error) {
      this.rows.forget();
      this.parked.forget();
      if (!refusesRows(error) || culprit !== undefined) throw error;
      const middle = events.length >> 1;
      const last = events[middle - 1];
      if (!last) return this.foldAndWrite(events, upTo, error);
      await this.foldAndWrite(events.slice(0, middle), last.position);
      return this.foldAndWrite(events.slice(middle), upTo);
    }
    this.written(upTo);
  }

  /**
   * Folds a stretch in memory, and writes what has gathered once it is enough, while the next one is folded: a row that changes often is written once.
   * A failure of the writing comes with one of the next calls; then everything begins again with `reload`.
   */
  async foldAhead(events: readonly RecordedEvent[], upTo: Position): Promise<void> {
    await this.fold(events);
    if (this.gatheredEvents === 0) this.gatheringSince = Date.now();
    this.gatheredEvents += events.length;
    this.folded = upTo;
    const enough =
      this.gatheredEvents >= this.mostEvents ||
      this.rows.addedRows() >= gatherAtMost.adds ||
      Date.now() - this.gatheringSince >= gatherAtMost.ms ||
      this.rows.changedSize() >= this.memory();
    if (enough) await this.handOver();
  }

  /** Writes all that has gathered. */
  async flush(): Promise<void> {
    if (this.folded > this.handedOver) await this.handOver();
    await this.writing;
  }

  /** Rows that are not in the database yet stay remembered until they are: the next hand-over waits for this one. */
  private async handOver(): Promise<void> {
    await this.writing;
    const upTo = this.folded;
    const step = stepAlone(this.schema, this.handedOver, upTo);
    const changes = this.changes();
    const rows = changes.changes.reduce((sum, { fresh, puts }) => sum + fresh.length + puts.length, 0);
    this.rows.settle(Math.max(rememberedRows, rows));
    const added = this.parked.settle();
    this.handedOver = upTo;
    const events = this.gatheredEvents;
    this.gatheredEvents = 0;
    this.writing = this.writer.write(step, [changes]).then(() => {
      this.stored = upTo;
      this.wrote(added);
    });
    // Whoever comes next awaits it and hears of a failure then.
    this.writing.catch((error: unknown) => {
      if (ranOutOfTime(error)) this.mostEvents = Math.max(1, events >> 1);
    });
  }
}
