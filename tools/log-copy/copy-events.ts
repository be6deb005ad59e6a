import { createHash, type Hash } from 'node:crypto';
import { canonicalText, type AppendRequest, type EventLog, type Position, type RecordedEvent } from '#millwright/event-sourcing';
import { CannotCopy } from './cannot-copy.js';

/** Where one event stands in both logs. */
export type PositionPair = Readonly<{ source: Position; target: Position }>;

export type Copied = Readonly<{
  events: number;
  /** Of them, those that the target had before. */
  alreadyThere: number;
  /** SHA-256 over the canonical bytes of all events in log order, each with a line feed behind it: of what was read from each end. */
  sourceDigest: string;
  targetDigest: string;
}>;

const pageSize = 500;
/** One append is kept well below the 1 MiB that EventStoreDB takes by default; events that were appended together may come apart. */
const appendBytes = 400_000;
const appendPatience = 60_000;

/**
 * Brings the target to have exactly the events of the source, in its order. What the target has already is compared instead, byte for byte, so that a
 * copy that was interrupted goes on where it was, and one that is complete is only verified. Everything that is appended is read back.
 * @throws CannotCopy the target has something that the source has not
 */
export async function copyEvents(
  source: EventLog,
  target: EventLog,
  onPage: (pairs: readonly PositionPair[]) => Promise<void>,
): Promise<Copied> {
  const digests = { source: createHash('sha256'), target: createHash('sha256') };
  let [after, reached, events, alreadyThere] = [0n, 0n, 0, 0];
  for (;;) {
    const page = await source.readAll(after, pageSize);
    const last = page.at(-1);
    if (!last) break;
    const known = await target.readAll(reached, page.length);
    const pairs = compare(page, known, digests);
    const missing = page.slice(known.length);
    if (missing.length > 0) {
      await append(target, runsOf(missing));
      pairs.push(...compare(missing, await target.readAll(known.at(-1)?.position ?? reached, missing.length), digests));
    }
    if (pairs.length < page.length) throw new CannotCopy('The target does not give back what was appended to it.');
    await onPage(pairs);
    after = last.position;
    reached = pairs.at(-1)?.target ?? reached;
    events += page.length;
    alreadyThere += known.length;
  }
  const [beyond] = await target.readAll(reached, 1);
  if (beyond) throw new CannotCopy(`The target goes on where the source ends (${nameOf(beyond)}): it is not a copy of it.`);
  return { events, alreadyThere, sourceDigest: digests.source.digest('hex'), targetDigest: digests.target.digest('hex') };
}

function compare(
  sources: readonly RecordedEvent[],
  targets: readonly RecordedEvent[],
  digests: Readonly<{ source: Hash; target: Hash }>,
): PositionPair[] {
  return targets.map((target, index) => {
    const source = sources[index];
    if (!source) throw new CannotCopy('The target answered with more events than it was asked for.');
    const [original, copy] = [canonicalText(source), canonicalText(target)];
    if (original !== copy)
      throw new CannotCopy(
        `The target is not a copy of the source: where the source has ${nameOf(source)}, it has ${nameOf(target)}. Nothing of it was changed.`,
      );
    digests.source.update(`${original}\n`);
    digests.target.update(`${copy}\n`);
    return { source: source.position, target: target.position };
  });
}

/** Neighbours of one stream, in portions of one append each. */
function runsOf(events: readonly RecordedEvent[]): RecordedEvent[][] {
  const runs: RecordedEvent[][] = [];
  let size = 0;
  for (const event of events) {
    const length = Buffer.byteLength(canonicalText(event));
    const run = runs.at(-1);
    if (run && run[0]?.stream === event.stream && size + length < appendBytes) run.push(event);
    else {
      runs.push([event]);
      size = 0;
    }
    size += length;
  }
  return runs;
}

/** A log that takes many appends in order is not waited for between them; what it made of them is read back in any case. */
async function append(target: EventLog, runs: readonly (readonly RecordedEvent[])[]): Promise<void> {
  const requests = runs.flatMap(requestOf);
  if (target.appendInOrder) return target.appendInOrder(requests, appendPatience);
  for (const request of requests) await target.append(request, { deadline: Date.now() + appendPatience });
}

function requestOf(run: readonly RecordedEvent[]): AppendRequest[] {
  const [first] = run;
  if (!first) return [];
  const events = run.map(({ id, type, data, metadata }) => ({ id, type, data, metadata }));
  return [{ stream: first.stream, expected: first.revision === 0 ? 'no stream' : first.revision - 1, events }];
}

const nameOf = ({ stream, revision, type }: RecordedEvent): string => `${type}, event ${revision} of ${stream}`;
