import type { RecordedEvent } from './event.js';
/** Whether an append ends with this event; `next` is the one after it in the log. */
export function endsAppend(event: RecordedEvent, next: RecordedEvent | undefined): boolean {
  const { append } = event.metadata as { append?: { index: number; size: number } };
  if (append) return append.index === append.size - 1;
  return (
    !next ||
    next.stream !== event.stream ||
    next.revision !== event.revision + 1 ||
    next.metadata.$causationId !== event.metadata.$causationId
  );
}
