import type { EventMetadata, Position, RecordedEvent } from '../event.js';

/** An event as the client hands it out. */
export type ReceivedEvent = Readonly<{
  id: string;
  streamId: string;
  revision: bigint;
  type: string;
  data: unknown;
  metadata?: unknown;
  position?: Readonly<{ commit: bigint; prepare: bigint }>;
}>;

/** What servers before 22.10 send as the position of an event that was read from its stream. */
const noPosition = 2n ** 64n - 1n;

/** Commit and prepare positions differ only in transactions of the legacy TCP protocol, which nobody here can write. */
export function positionOf({ streamId, position }: ReceivedEvent): Position {
  if (position === undefined || position.commit === noPosition || position.commit === 0n)
    throw new Error(`${streamId}: the server gave no log position; EventStoreDB 22.10 or newer is needed`);
  return position.commit;
}

export function numberOf(revision: bigint): number {
  if (revision > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error(`the revision ${revision} is beyond exact numbers`);
  return Number(revision);
}

/** The event under our own name for its stream. Its canonical bytes are made of exactly what is here, so nothing else is stored. */
export function recordedFrom(event: ReceivedEvent, prefix: string): RecordedEvent {
  return {
    id: event.id,
    stream: event.streamId.slice(prefix.length),
    revision: numberOf(event.revision),
    position: positionOf(event),
    type: event.type,
    data: event.data,
    metadata: event.metadata as EventMetadata,
  };
}
