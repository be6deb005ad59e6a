import { canonicalText } from './canonical.js';
import { Rejection } from './decider.js';
import type { RecordedEvent } from './event.js';

/** Bytes of an event's canonical text at most: an entry of a transparency log holds no more (storage-format.md). */
export const largestEventBytes = 65_535;

/** What metadata, names and keys take at most beside the data. */
const besides = 2_000;
/** Bytes that one UTF-16 unit takes at most in canonical text: a control character is written `\\u0000`. */
const bytesOfUnit = 6;
/** Nearly every event is far too small to be measured: up to here, what it could have at most is near enough. */
const small = 4_000;

/** How many bytes an event's canonical text has; of a small one, how many at most. */
export function bytesOf(event: RecordedEvent): number {
  const most = besides + mostBytesOf(event.data);
  return most <= small ? most : Buffer.byteLength(canonicalText(event));
}

/** @throws Rejection EVENT_TOO_LARGE an event that is larger than any may be; nothing was appended */
export function refuseTooLarge(event: RecordedEvent): void {
  const bytes = bytesOf(event);
  if (bytes <= largestEventBytes) return;
  throw new Rejection(
    'EVENT_TOO_LARGE',
    `This would make an entry of ${bytes} bytes in the history, which takes ${largestEventBytes} at most. Say it in fewer words, or in several requests.`,
  );
}

/** No fewer bytes than the canonical text of a value has. */
function mostBytesOf(value: unknown): number {
  if (typeof value === 'string') return value.length * bytesOfUnit + 3;
  if (typeof value !== 'object' || value === null) return 26;
  let bytes = 2;
  for (const [key, item] of Object.entries(value)) bytes += (Array.isArray(value) ? 1 : key.length * bytesOfUnit + 4) + mostBytesOf(item);
  return bytes;
}
