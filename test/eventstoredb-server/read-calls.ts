import type { EventEmitter } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { caughtUp, checkpoint, confirmation, nameOf, readEvent, streamDeleted, streamNotFound } from './messages.js';
import type { Figures } from './figures.js';
import type { Gate } from './gate.js';
import type { StoredEvent, StoredLog } from './stored-log.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

/** The first index of an ordered list whose value is not below `value`. */
function lowerBound(events: readonly StoredEvent[], value: bigint, of: (event: StoredEvent) => bigint): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = events[middle];
    if (event && of(event) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const positionOf = (event: StoredEvent): bigint => event.position;
const revisionOf = (event: StoredEvent): bigint => event.revision;

/** Waits for an event, or for the end of the call; leaves no listener behind. */
const woken = (call: ReadCall, source: EventEmitter, name: string): Promise<void> =>
  new Promise((resolve) => {
    const wake = (): void => {
      source.off(name, wake);
      call.off('cancelled', wake);
      resolve();
    };
    source.on(name, wake);
    call.on('cancelled', wake);
  });

/** Writes with backpressure: a slow reader makes the server wait, and costs it no memory. */
async function send(call: ReadCall, message: ReadResp, figures: Figures): Promise<void> {
  if (message.hasEvent()) figures.eventsSent += 1;
  if (call.write(message)) return;
  figures.waitsForDrain += 1;
  await woken(call, call, 'drain');
}

/** The events a plain read answers with, in its direction. */
function eventsToRead(options: ReadReq.Options, all: readonly StoredEvent[], stream: readonly StoredEvent[]): StoredEvent[] {
  const count = Number(options.getCount());
  const backwards = Number(options.getReadDirection()) === 1;
  const streamOptions = options.getStream();
  const events = streamOptions ? stream : all;
  let from = 0;
  let end = events.length;
  if (streamOptions?.hasRevision()) {
    const revision = BigInt(streamOptions.getRevision());
    from = lowerBound(events, revision, revisionOf);
    end = lowerBound(events, revision + 1n, revisionOf);
  } else if (options.getAll()?.hasPosition()) {
    // Reading forward starts at the position itself, reading backward just before it.
    const position = BigInt(options.getAll()?.getPosition()?.getCommitPosition() ?? '0');
    from = end = lowerBound(events, position, positionOf);
  } else if (streamOptions?.hasEnd() || options.getAll()?.hasEnd()) from = events.length;
  else end = 0;
  return backwards ? events.slice(Math.max(0, end - count), end).reverse() : events.slice(from, from + count);
}

async function read(call: ReadCall, options: ReadReq.Options, log: StoredLog, figures: Figures): Promise<void> {
  const name = nameOf(options.getStream()?.getStreamIdentifier());
  if (options.hasStream() && log.isTombstoned(name)) {
    call.emit('error', streamDeleted(name));
    return;
  }
  const visible = options.hasStream() ? log.visible(name) : [];
  if (!visible) await send(call, streamNotFound(name), figures);
  for (const event of visible ? eventsToRead(options, log.all, visible) : []) {
    if (call.cancelled) return;
    await send(call, readEvent(event), figures);
  }
  call.end();
}

/** Which events a subscription wants, as the server-side filter says it. */
function filterOf(options: ReadReq.Options): (event: StoredEvent) => boolean {
  const filter = options.getFilter();
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (!expression) return () => true;
  const textOf = filter?.hasEventType() ? (event: StoredEvent) => event.type : (event: StoredEvent) => event.stream;
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (event) => prefixes.some((prefix) => textOf(event).startsWith(prefix));
  const pattern = new RegExp(expression.getRegex());
  return (event) => pattern.test(textOf(event));
}

/** A subscription starts after its position; `end` starts after what is there now. */
function startOf(options: ReadReq.Options, events: readonly StoredEvent[]): number {
  const all = options.getAll();
  const stream = options.getStream();
  if (all?.hasEnd() || stream?.hasEnd()) return events.length;
  if (all?.hasPosition()) return lowerBound(events, BigInt(all.getPosition()?.getCommitPosition() ?? '0') + 1n, positionOf);
  if (stream?.hasRevision()) return lowerBound(events, BigInt(stream.getRevision()) + 1n, revisionOf);
  return 0;
}

async function subscribe(call: ReadCall, options: ReadReq.Options, log: StoredLog, gate: Gate, figures: Figures): Promise<void> {
  const { faults } = gate;
  const wanted = filterOf(options);
  const filter = options.getFilter();
  const interval = Math.max(filter?.getMax() ?? 0, 32) * (filter?.getCheckpointintervalmultiplier() ?? 1);
  const events = () => (options.hasStream() ? log.stream(nameOf(options.getStream()?.getStreamIdentifier())) : log.all);
  figures.subscriptions += 1;
  await send(call, confirmation(), figures);
  let considered = 0;
  let live = false;
  for (let next = startOf(options, events()); !call.cancelled;) {
    await gate.thawed;
    const event = faults.silent ? undefined : events()[next];
    if (!event) {
      if (live || faults.silent || faults.withoutCaughtUp) await woken(call, log.changes, 'appended');
      else await send(call, caughtUp(), figures);
      live = live || !faults.silent;
      continue;
    }
    next += 1;
    for (let copy = wanted(event) ? (faults.deliverTwice ? 2 : 1) : 0; copy > 0; copy -= 1) await send(call, readEvent(event), figures);
    considered += 1;
    if (filter && considered % interval === 0) await send(call, checkpoint(event.position), figures);
  }
}

export const readCall = (log: StoredLog, gate: Gate, figures: Figures) => (call: ReadCall) => {
  const options = call.request.getOptions();
  const work = async (): Promise<void> => {
    if (!(await gate.admits())) return;
    const refused = gate.refusal(call);
    if (refused || !options) return void call.emit('error', refused ?? new Error('no options'));
    await (options.hasSubscription() ? subscribe(call, options, log, gate, figures) : read(call, options, log, figures));
  };
  work().catch(() => call.end());
};
