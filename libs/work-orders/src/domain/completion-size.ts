import { showQuantity } from '#millwright/quantities';
import type { PartLine } from './work-order.state.js';

/** Bytes that the list of parts may take of the 65,535 that the event has which completes the order. */
const mostBytes = 62_000;
/** The longest line: no list of fewer than `mostBytes / longestLine` parts has to be measured. */
const longestLine = bytesOf(Number.MAX_SAFE_INTEGER, 999_999_999_999n);

function bytesOf(partId: number, quantity: bigint): number {
  return `{"partId":${partId},"quantity":"${showQuantity(quantity)}"},`.length;
}

/** Whether one event can name all these parts and what was issued of each. */
export function fitsIntoCompletion(lines: Readonly<{ size: number; entries(): Iterable<[number, Pick<PartLine, 'quantity'>]> }>): boolean {
  if (lines.size * longestLine <= mostBytes) return true;
  let bytes = 0;
  for (const [partId, { quantity }] of lines.entries()) bytes += bytesOf(partId, quantity);
  return bytes <= mostBytes;
}
