import type { RecordedEvent } from './event.js';

type Placed = Pick<RecordedEvent, 'stream' | 'revision' | 'metadata'>;

/**
 * Whether an append ends with this event; `next` is the one after it in the log, undefined where the log ends.
 * Events say so themselves when their command appended more than one; of those that were stored before they did, a run in one stream
 * with one cause is one append (storage-format.md, "Envelope"). One that names its credential is not of those: where it says nothing, it is alone.
 */
export function endsAppend({ stream, revision, metadata }: Placed, next: Placed | undefined): boolean {
  if (metadata.append) return metadata.append.index === metadata.append.size - 1;
  if (metadata.credential !== undefined) return true;
  if (!next || next.stream !== stream || next.revision !== revision + 1) return true;
  return next.metadata.append !== undefined || next.metadata.$causationId !== metadata.$causationId;
}
