import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { EventStore, KeptTexts, ProjectionEngine, sweptAfter } from '#millwright/event-sourcing';
import { rowsOf } from '#millwright/lists';
import { users } from '#millwright/people';
import { comment } from './domain/comment.js';
import { commentProjectionName, commentView } from './read-models/comments.js';

const everyMs = 3_600_000;
/** How long is waited for the read model, in milliseconds; else it is tried again with the next sweep. */
const longestWaitMs = 60_000;

/**
 * Takes away, every hour, texts that no event came to name: a process that ends between keeping one and appending its event leaves it behind, and nobody could
 * have it vanish. What is named stays, also where its event is appended after this looked for it: whoever does that says so (`KeptTexts.stay`).
 */
@Injectable()
export class UnnamedTexts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(UnnamedTexts.name);
  private readonly texts: KeptTexts;
  /** Found in streams, which say it for good: why somebody was erased, as a rule. */
  private readonly named = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly events: EventStore,
    private readonly projections: ProjectionEngine,
    private readonly entities: EntityManager,
  ) {
    this.texts = new KeptTexts(entities);
  }

  onApplicationBootstrap(): void {
    const sweep = (): Promise<void> =>
      this.sweep().catch((error: unknown) => this.logger.warn(`texts that no event names could not be swept: ${String(error)}`));
    this.timer = setInterval(() => void sweep(), everyMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** @throws PositionNotReached, Rejection UNAVAILABLE, Error what is named cannot be known now */
  async sweep(): Promise<void> {
    await this.projections.waitFor(await this.events.head(), { projections: [commentProjectionName], timeout: longestWaitMs });
    await this.requireWhole();
    const unnamed: string[] = [];
    for (const { id, record_id } of await this.unsaid()) if (!(await this.isNamed(id, Number(record_id)))) unnamed.push(id);
    if (unnamed.length > 0) await this.texts.sweep(unnamed);
  }

  /** Of a stream that could not be folded the read model may lack a comment. */
  private async requireWhole(): Promise<void> {
    const parked = (await this.projections.status()).find(({ name }) => name === commentProjectionName)?.parkedStreams;
    if (parked?.length !== 0) throw new Error('the read model of comments lacks some of them');
  }

  /** What was kept long ago and is no comment that the read model has. */
  private unsaid(): Promise<Readonly<{ id: string; record_id: string }>[]> {
    return this.entities.query(
      `SELECT kept.id, kept.record_id FROM app.kept_texts kept
       WHERE kept.kept_at < clock_timestamp() - $1::interval
         AND NOT EXISTS (SELECT 1 FROM ${rowsOf(commentView, 'said')} WHERE said.id = kept.record_id AND said.text_id = kept.id)`,
      [sweptAfter],
    );
  }

  /** The number of its record is that of the comment that says it, or of the person whose erasure it explains. */
  private async isNamed(id: string, recordId: number): Promise<boolean> {
    if (this.named.has(id)) return true;
    const [said, erased] = await Promise.all([this.events.load(comment, recordId), this.events.load(users.stream, recordId)]);
    const isNamed = said.state.added?.textId === id || erased.state.erased?.reasonId === id;
    if (isNamed) this.named.add(id);
    return isNamed;
  }
}
