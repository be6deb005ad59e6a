import type { EventLog, SubscriptionItem } from './event-log.js';
import type { Position, RecordedEvent } from './event.js';

/** Turns one published version of an event into the next, which may also have another type. */
export type Upcaster = Readonly<{
  type: string;
  /** The `schema_version` it takes; what it returns carries a higher one. */
  schemaVersion: number;
  upcast(event: RecordedEvent): RecordedEvent;
}>;

/**
 * The same log, with every event read in its newest version. Stored bytes never change: each event that was
 * read anew carries what is stored, which the audit trail shows; export and verification read the log itself.
 */
export function withUpcasting(log: EventLog, upcasters: readonly Upcaster[]): EventLog {
  if (upcasters.length === 0) return log;
  const byVersion = new Map(upcasters.map((upcaster) => [`${upcaster.type} ${upcaster.schemaVersion}`, upcaster]));
  const newest = (stored: RecordedEvent): RecordedEvent => {
    let event = stored;
    for (;;) {
      const upcaster = byVersion.get(`${event.type} ${event.metadata.schema_version}`);
      if (!upcaster) return event === stored ? stored : { ...event, stored };
      const next = upcaster.upcast(event);
      if (next.metadata.schema_version <= event.metadata.schema_version)
        throw new Error(`the upcaster of ${event.type} does not raise the version`);
      event = next;
    }
  };
  return {
    keepsKeys: log.keepsKeys,
    append: (request, options) => log.append(request, options),
    readStream: async (stream, fromRevision, limit) => (await log.readStream(stream, fromRevision, limit)).map(newest),
    readAll: async (after, limit) => (await log.readAll(after, limit)).map(newest),
    async *subscribeAll(after: Position, options): AsyncGenerator<SubscriptionItem> {
      for await (const item of log.subscribeAll(after, options))
        yield item.kind === 'event' ? { ...item, event: newest(item.event) } : item;
    },
    head: () => log.head(),
    close: () => log.close(),
  };
}
