import { randomUUID } from 'node:crypto';
import { event, eventStoreDbServers } from '../contract/eventstoredb-servers.js';
import { LogUnavailable, UnknownOutcome, WrongExpectedRevision } from '../event-log.js';
import { AppendTooLarge, LogAccessDenied, StreamDeleted } from './failures.js';

const { startServer, logOn, serverAndLog } = eventStoreDbServers();

describe('appending to EventStoreDbLog', () => {
  it('uses only the classic append, which is the one that gives up on a silent server', async () => {
    const { server, log } = await serverAndLog();
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    server.faults.silent = true;
    const unanswered = log.append({ stream: 'part-1', expected: 0, events: [event()] }, { deadline: Date.now() + 300 });
    await expect(unanswered).rejects.toBeInstanceOf(UnknownOutcome);
    server.faults.silent = false;
    expect((await log.append({ stream: 'part-1', expected: 0, events: [event()] })).revision).toBe(1);
    expect(server.figures).toMatchObject({ appends: 2, batchAppends: 0 });
  });

  it('reports an unknown outcome when a committed append is never answered, and finds its own events afterwards', async () => {
    const { server, log } = await serverAndLog();
    await log.append({ stream: 'part-0', expected: 'no stream', events: [event()] });
    const request = { stream: 'part-1', expected: 'no stream' as const, events: [event(), event()] };
    server.faults.dropAfterCommit = Number.MAX_SAFE_INTEGER;
    // On a busy machine its time may be over before it has arrived: then it is asked again, with more of it.
    for (let patience = 250; server.log.stream('part-1').length === 0; patience *= 2)
      await expect(log.append(request, { deadline: Date.now() + patience })).rejects.toBeInstanceOf(UnknownOutcome);
    server.faults.dropAfterCommit = 0;
    expect((await log.append(request)).revision).toBe(1);
    expect(await log.readStream('part-1')).toHaveLength(2);
  });

  it('settles a connection that is cut after the commit by asking again with the same ids', async () => {
    const { server, log } = await serverAndLog();
    server.faults.dropAfterCommit = 2;
    const appended = await log.append({ stream: 'part-1', expected: 'no stream', events: [event(), event()] });
    expect(appended).toMatchObject({ revision: 1, duplicate: false });
    expect(server.log.stream('part-1')).toHaveLength(2);
  });

  it('settles a connection that is cut before the commit', async () => {
    const { server, log } = await serverAndLog();
    server.faults.dropBeforeCommit = 2;
    expect((await log.append({ stream: 'part-1', expected: 'any', events: [event()] })).revision).toBe(0);
    expect(server.log.stream('part-1')).toHaveLength(1);
  });

  it('knows that nothing was appended while no server can be reached', async () => {
    const { server, log } = await serverAndLog();
    await server.kill();
    await expect(
      log.append({ stream: 'part-1', expected: 'any', events: [event()] }, { deadline: Date.now() + 200 }),
    ).rejects.toBeInstanceOf(LogUnavailable);
  });

  it('goes on by itself when a killed server comes back on its port', async () => {
    const { server, log } = await serverAndLog();
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    await server.kill();
    const appended = log.append({ stream: 'part-1', expected: 0, events: [event()] });
    await server.start();
    expect((await appended).revision).toBe(1);
  });

  it('says what an append repeats, also when the server names no position', async () => {
    const { server, log } = await serverAndLog();
    const request = { stream: 'part-1', expected: 'no stream' as const, events: [event(), event()] };
    const first = await log.append(request);
    server.faults.withoutAppendPosition = true;
    expect(await log.append(request)).toEqual({ ...first, duplicate: true });
    expect(await logOn(server).append(request)).toEqual({ ...first, duplicate: true });
    expect(first.position).toBeGreaterThan(2n ** 53n);
  });

  it('does not call an append unavailable that is committed, though its position cannot be read back', async () => {
    const { server, log } = await serverAndLog();
    server.faults.withoutAppendPosition = true;
    Object.assign(log, { readStream: () => Promise.reject(new LogUnavailable(new Error('gone'))) });
    const request = { stream: 'part-1', expected: 'no stream' as const, events: [event()] };
    await expect(log.append(request)).rejects.toBeInstanceOf(UnknownOutcome);
    expect(server.log.stream('part-1')).toHaveLength(1);
    expect(await logOn(server).append(request)).toMatchObject({ revision: 0 });
  });

  it('names the revision that is really there', async () => {
    const { log } = await serverAndLog();
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event(), event()] });
    const conflict = log.append({ stream: 'part-1', expected: 0, events: [event()] });
    await expect(conflict).rejects.toBeInstanceOf(WrongExpectedRevision);
    await expect(conflict).rejects.toMatchObject({ actual: 1 });
    await expect(log.append({ stream: 'part-2', expected: 4, events: [event()] })).rejects.toMatchObject({ actual: undefined });
  });

  it('follows the leader', async () => {
    const leader = await startServer();
    const { server: follower, log } = await serverAndLog();
    follower.faults.leaderElsewhere = { host: '127.0.0.1', port: leader.port };
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    expect(leader.log.stream('part-1')).toHaveLength(1);
  });

  it('says clearly that an append is too large, a stream is gone for good, and access is denied', async () => {
    const { server, log } = await serverAndLog();
    server.faults.maximumAppendSize = 2_000;
    const large = log.append({ stream: 'part-1', expected: 'any', events: [event({ note: 'x'.repeat(3_000) })] });
    await expect(large).rejects.toBeInstanceOf(AppendTooLarge);
    await expect(large).rejects.toMatchObject({ maximum: 2_000 });
    server.log.delete('part-2', 'tombstone');
    await expect(log.append({ stream: 'part-2', expected: 'any', events: [event()] })).rejects.toBeInstanceOf(StreamDeleted);
    await expect(log.readStream('part-2')).rejects.toBeInstanceOf(StreamDeleted);
    server.faults.credentials = { username: 'ops', password: 'secret' };
    await expect(log.append({ stream: 'part-3', expected: 'any', events: [event()] })).rejects.toBeInstanceOf(LogAccessDenied);
  });
});

describe('reading from EventStoreDbLog', () => {
  it('survives a server that goes and comes back', async () => {
    const { server, log } = await serverAndLog();
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    await server.kill();
    const read = log.readStream('part-1');
    await server.start();
    expect(await read).toHaveLength(1);
  });

  it('gives up on a silent server', async () => {
    const { server, log } = await serverAndLog({ readTimeout: 200 });
    server.faults.silent = true;
    await expect(log.readStream('part-1')).rejects.toBeInstanceOf(LogUnavailable);
    await expect(log.head()).rejects.toBeInstanceOf(LogUnavailable);
  });

  it('shows what a truncated stream has left, and nothing of a soft-deleted one', async () => {
    const { server, log } = await serverAndLog();
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event(), event(), event()] });
    const keep = {
      ...event(),
      type: '$metadata',
      contentType: 'application/json',
      metadata: new Uint8Array(),
      data: Buffer.from('{"$maxCount":2}'),
    };
    server.log.append('$$part-1', 'any', [keep]);
    expect((await log.readStream('part-1')).map(({ revision }) => revision)).toEqual([1, 2]);
    server.log.delete('part-1', 'soft');
    expect(await log.readStream('part-1')).toEqual([]);
  });

  it('ends a read although a neighbour writes faster than it reads', async () => {
    const server = await startServer({ neighbours: ['$stats-127.0.0.1:2113', 'b_part-1'] });
    const log = logOn(server, { prefix: 'a_' });
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    server.faults.delay = 20;
    const busy = setInterval(() => server.log.writeForeign(), 1);
    try {
      expect(await log.readAll(0n, 10)).toHaveLength(1);
    } finally {
      clearInterval(busy);
    }
  });

  it('ends a read at the end of the log, however many events of others are there and though the server is too old to say so', async () => {
    for (const foreign of [1, 63, 64, 127, 128, 129, 200, 300]) {
      const server = await startServer({ neighbours: ['b_part-1'] });
      const log = logOn(server, { prefix: 'a_' });
      server.faults.withoutCaughtUp = true;
      server.log.writeForeign(foreign);
      expect(await log.readAll(0n, 10)).toEqual([]);
      await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
      server.log.writeForeign(foreign);
      expect(await log.readAll(0n, 10)).toHaveLength(1);
      expect(await log.readAll(await log.head(), 10)).toEqual([]);
    }
  });

  it('goes on where it was when the connection breaks among events of others', async () => {
    const server = await startServer({ neighbours: ['b_part-1'] });
    const log = logOn(server, { prefix: 'a_' });
    server.log.writeForeign(20_000);
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    const read = log.readAll(0n, 10);
    while (server.figures.subscriptions === 0) await new Promise((resolve) => setImmediate(resolve));
    await server.kill();
    await server.start();
    expect(await read).toHaveLength(1);
    expect(server.figures.subscriptions).toBeGreaterThan(1);
  });

  it('leaves no call open on the server when it has read enough', async () => {
    const { server, log } = await serverAndLog();
    await log.append({ stream: 'part-1', expected: 'no stream', events: Array.from({ length: 500 }, () => event()) });
    for (let round = 0; round < 3; round += 1) expect(await log.readAll(0n, 7)).toHaveLength(7);
    while (server.log.changes.listenerCount('appended') > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(server.figures.subscriptions).toBe(3);
  });

  it('leaves out what belongs to the server or to another installation', async () => {
    const { server, log } = await serverAndLog({ prefix: 'a_' });
    const other = logOn(server, { prefix: 'b_' });
    await other.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    server.log.append('$stats', 'any', [
      { id: randomUUID(), type: '$stats', contentType: 'application/json', metadata: new Uint8Array(), data: Buffer.from('{}') },
    ]);
    expect((await log.readAll(0n, 10)).map(({ stream, revision }) => [stream, revision])).toEqual([['part-1', 0]]);
    expect(server.log.stream('a_part-1')).toHaveLength(1);
  });
});

it('lets running appends finish when it is closed, and takes no new ones', async () => {
  const { server, log } = await serverAndLog();
  server.faults.delay = 50;
  const running = log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
  await Promise.all([log.close(), expect(running).resolves.toMatchObject({ revision: 0 })]);
  await expect(log.append({ stream: 'part-1', expected: 0, events: [event()] })).rejects.toBeInstanceOf(LogUnavailable);
});
