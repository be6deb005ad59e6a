import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDbServerProcess } from '../../../../test/eventstoredb-server/server-process.js';
import { EventStoreDbTestServer } from '../../../../test/eventstoredb-server/server.js';
import { event, unhurried } from '../contract/eventstoredb-servers.js';
import { UnknownOutcome, type Appended } from '../event-log.js';
import type { RecordedEvent } from '../event.js';
import { EventStoreDbLog } from './eventstoredb-log.js';
import { LogAccessDenied } from './failures.js';

describe('a server that is killed, frozen, secured or one of several', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millwright-eventstoredb-'));
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const keep = <Closable>(closable: Closable, close: (closable: Closable) => Promise<void>): Closable => {
    open.push(() => close(closable));
    return closable;
  };
  const logAt = (url: string) => keep(new EventStoreDbLog({ url, ...unhurried }), (log) => log.close());

  it('loses and doubles nothing when it is killed with SIGKILL under load', async () => {
    const server = keep(await new EventStoreDbServerProcess({ file: join(folder, 'killed.jsonl') }).start(), (process) => process.kill());
    const log = logAt(server.url);
    const acknowledged: string[] = [];
    const writer = async (name: number): Promise<void> => {
      for (let revision = -1; revision < 79; revision += 1) {
        const proposed = event();
        await log.append({ stream: `part-${name}`, expected: revision < 0 ? 'no stream' : revision, events: [proposed] });
        acknowledged.push(proposed.id);
      }
    };
    const writers = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(writer));
    for (const threshold of [100, 300, 500]) {
      while (acknowledged.length < threshold) await new Promise((resolve) => setImmediate(resolve));
      await server.kill();
      await server.start();
    }
    await writers;
    const stored = await everything(log);
    expect(new Set(acknowledged).size).toBe(640);
    expect(stored.map(({ id }) => id).sort()).toEqual([...acknowledged].sort());
    for (let name = 0; name < 8; name += 1)
      expect((await log.readStream(`part-${name}`)).map(({ revision }) => revision)).toEqual(
        Array.from({ length: 80 }, (_, revision) => revision),
      );
  });

  it('leaves the outcome open while it is frozen, and settles it afterwards', async () => {
    const server = keep(await new EventStoreDbServerProcess({ file: join(folder, 'frozen.jsonl') }).start(), (process) => process.kill());
    const log = logAt(server.url);
    const request = (revision: number) => ({ stream: 'part-1', expected: revision, events: [event()] });
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    server.signal('SIGSTOP');
    const frozen = request(0);
    await expect(log.append(frozen, { deadline: Date.now() + 500 })).rejects.toBeInstanceOf(UnknownOutcome);
    server.signal('SIGCONT');
    expect(await log.append(frozen)).toMatchObject({ revision: 1 });
    expect(await log.readStream('part-1')).toHaveLength(2);
  });

  it('gives the same event back after a restart, byte for byte in what its hash is made of', async () => {
    const server = keep(await new EventStoreDbServerProcess({ file: join(folder, 'bytes.jsonl') }).start(), (process) => process.kill());
    const log = logAt(server.url);
    const proposed = event({
      note: 'naïve “quotes” \u2028 🏭',
      quantity: '0.001',
      list: [1, null, true, 1e21, -0.5],
      nested: { b: 1, a: {} },
    });
    const appended: Appended = await log.append({ stream: 'part-ü', expected: 'no stream', events: [proposed] });
    await server.kill();
    await server.start();
    const expected: RecordedEvent = { ...proposed, stream: 'part-ü', revision: 0, position: appended.position };
    expect(await log.readStream('part-ü')).toEqual([expected]);
    expect(await log.readAll(0n, 10)).toEqual([expected]);
  });

  it('asks the cluster for its leader when several addresses are named', async () => {
    const leader = keep(await new EventStoreDbTestServer().start(), (server) => server.stop());
    const gone = await new EventStoreDbTestServer().start();
    await gone.stop();
    const log = logAt(`esdb://127.0.0.1:${gone.port},127.0.0.1:${leader.port}?tls=false`);
    await log.append({ stream: 'part-1', expected: 'no stream', events: [event()] });
    expect(leader.log.stream('part-1')).toHaveLength(1);
    await leader.kill();
    const whileAway = log.append({ stream: 'part-1', expected: 0, events: [event()] });
    await leader.start();
    expect(await whileAway).toMatchObject({ revision: 1 });
  });

  it('sends its credentials over TLS, and is told when they are wrong', async () => {
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'certificate.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject, '-keyout', key, '-out', certificate];
    try {
      execFileSync('openssl', made, { stdio: 'ignore' });
    } catch {
      console.warn('TLS to EventStoreDB was NOT tested: there is no openssl here to make a certificate');
      return;
    }
    const tls = { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    const server = keep(await new EventStoreDbTestServer({ tls }).start(), (running) => running.stop());
    server.faults.credentials = { username: 'millwright', password: 'p@ss:word' };
    const at = (password: string) =>
      `esdb://millwright:${encodeURIComponent(password)}@localhost:${server.port}?tls=true&tlsCAFile=${encodeURIComponent(certificate)}`;
    expect(await logAt(at('p@ss:word')).append({ stream: 'part-1', expected: 'no stream', events: [event()] })).toMatchObject({
      revision: 0,
    });
    await expect(logAt(at('wrong')).readStream('part-1')).rejects.toBeInstanceOf(LogAccessDenied);
  });
});

async function everything(log: EventStoreDbLog): Promise<RecordedEvent[]> {
  const all: RecordedEvent[] = [];
  for (let page = await log.readAll(0n, 200); page.length > 0; page = await log.readAll(all.at(-1)?.position ?? 0n, 200)) all.push(...page);
  return all;
}
