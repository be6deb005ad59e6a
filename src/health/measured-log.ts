import type { Appended, AppendRequest, EventLog, Position, RecordedEvent, SubscriptionItem } from '#millwright/event-sourcing';
import type { Metrics } from './metrics.js';

/** A log that counts what is appended to it, whichever adapter is behind. */
export class MeasuredLog implements EventLog {
  constructor(
    private readonly log: EventLog,
    private readonly metrics: Metrics,
  ) {}

  async append(request: AppendRequest, options?: { deadline?: number }): Promise<Appended> {
    const stop = this.metrics.appendDuration.startTimer();
    try {
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
