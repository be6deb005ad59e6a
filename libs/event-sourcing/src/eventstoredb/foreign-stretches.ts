import type { Position } from '../event.js';

/** Everything behind `after` up to and with `upTo`. */
type Stretch = Readonly<{ after: Position; upTo: Position }>;

/** So many are remembered, the longest. */
const most = 64;

/**
 * Where the log is known to hold only events of others. A log grows at its end only, so what was found once stays true: hundreds of thousands of
 * events of a neighbour are passed over once, and not again by everybody who reads from before them.
 */
export class ForeignStretches {
  private known: Stretch[] = [];

  /** From where on a read after this position may find something. */
  past(position: Position): Position {
    return this.known.find(({ after, upTo }) => after <= position && position < upTo)?.upTo ?? position;
  }

  add(after: Position, upTo: Position): void {
    if (upTo <= after) return;
    let whole: Stretch = { after, upTo };
    const apart: Stretch[] = [];
    for (const other of this.known) {
      if (other.upTo < whole.after || whole.upTo < other.after) apart.push(other);
      else whole = { after: lower(other.after, whole.after), upTo: higher(other.upTo, whole.upTo) };
    }
    this.known = [...apart, whole].sort((one, other) => (lengthOf(one) < lengthOf(other) ? 1 : -1)).slice(0, most);
  }
}

const lengthOf = ({ after, upTo }: Stretch): bigint => upTo - after;
const lower = (one: Position, other: Position): Position => (one < other ? one : other);
const higher = (one: Position, other: Position): Position => (one > other ? one : other);
