import { Rejection, type Detail } from '#millwright/event-sourcing';

/**
 * Names what takes the most room of all that a request says, where an entry of the history would hold too much: whoever measures the entry does not know
 * what was said. A refusal that names a field already goes on as it is, and so does any other failure.
 * @param said what the request says, as it says it: `{ work_order: input }`
 */
export function namingLargest(failure: unknown, said: object): unknown {
  if (!(failure instanceof Rejection) || failure.code !== 'EVENT_TOO_LARGE' || failure.details.length > 0) return failure;
  const { path, value } = largestIn([], said);
  // Nothing that was said takes room: then nobody's field is to blame.
  if (typeof value === 'object' && !Array.isArray(value)) return failure;
  const field = path.join('.');
  const code = Array.isArray(value) ? 'too_many' : 'too_long';
  const detail: Detail = { field, code, message: 'takes the most room of what one entry of the history would hold; say less here' };
  return new Rejection(failure.code, `${failure.message} ${field} takes the most room.`, [detail]);
}

type Found = Readonly<{ path: readonly string[]; value: unknown }>;

/** A list is too long itself, whichever of its entries are. */
function largestIn(path: readonly string[], value: unknown): Found {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { path, value };
  const [largest] = Object.entries(value)
    .map(([name, inside]) => ({ name, inside: inside as unknown, bytes: bytesOf(inside) }))
    .sort((one, other) => other.bytes - one.bytes);
  return largest && largest.bytes > 0 ? largestIn([...path, largest.name], largest.inside) : { path, value };
}

const bytesOf = (value: unknown): number =>
  typeof value === 'string' || (typeof value === 'object' && value !== null) ? Buffer.byteLength(JSON.stringify(value)) : 0;
