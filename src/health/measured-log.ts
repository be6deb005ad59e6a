import type { Appended, AppendRequest, EventLog, Position, RecordedEvent, SubscriptionItem } from '#millwright/event-sourcing';
import type { Metrics } from './metrics.js';

/** Nothing was appended, for the disk is nearly full. It has PostgreSQL's own code for that, so that it is answered like it. */
export class DiskNearlyFull extends Error {
  readonly code = '53100';

  constructor(megabytes: number) {
    super(`the disk is nearly full: ${megabytes} MB are left`);
    this.name = 'DiskNearlyFull';
  }
}

/** A log that counts what is appended to it, whichever adapter is behind, and appends nothing that could take a database its last room. */
export class MeasuredLog implements EventLog {
  constructor(
    private readonly log: EventLog,
    private readonly metrics: Metrics,
    private readonly disk: Readonly<{ scarceMegabytes: number | undefined }>,
  ) {}

  get keepsKeys(): boolean | undefined {
    return this.log.keepsKeys;
  }

  async append(request: AppendRequest, options?: { deadline?: number }): Promise<Appended> {
    const stop = this.metrics.appendDuration.startTimer();
    try {
      if (this.disk.scarceMegabytes !== undefined) throw new DiskNearlyFull(this.disk.scarceMegabytes);
      const appended = await this.log.append(request, options);
      this.metrics.appends.inc({ outcome: appended.duplicate ? 'duplicate' : 'appended' });
      if (!appended.duplicate) this.metrics.appendedEvents.inc(request.events.length);
      return appended;
    } catch (error) {
      this.metrics.appends.inc({ outcome: error instanceof Error ? error.name : 'error' });
      throw error;
    } finally {
      stop();
    }
  }

  readStream(stream: string, fromRevision?: number, limit?: number): Promise<RecordedEvent[]> {
    return this.log.readStream(stream, fromRevision, limit);
  }

  readAll(after: Position, limit: number): Promise<RecordedEvent[]> {
    return this.log.readAll(after, limit);
  }

  subscribeAll(after: Position, options: { categories?: readonly string[]; signal: AbortSignal }): AsyncIterable<SubscriptionItem> {
    return this.log.subscribeAll(after, options);
  }

  head(): Promise<Position> {
    return this.log.head();
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
