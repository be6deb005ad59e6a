import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerProcess } from '../server-process.js';
import { exhaustWriteAheadLog } from './database-access.js';
import { atMost, none, type Findings } from './proof.js';
import { SmallDisk } from './small-disk.js';
import { otherThanRefused, Witness, type Reply } from './witness.js';

const recoveredWithinMs = 5_000;
/** A database that does not come back on its reserve stands still: then the proof ends, and says so. */
const readAgainWithinMs = 300_000;
const diskMegabytes = 300;

type Filled = Readonly<{ during: readonly Reply[]; reads: readonly number[]; liveness: readonly number[]; recoveredAfterMs: number }>;

/** The disk of DATA_DIR fills up, first under the tables, then under the write-ahead log, of which PostgreSQL dies; then there is room again. */
export async function fullDisk(seconds: number): Promise<Findings> {
  const disk = await SmallDisk.mount(diskMegabytes, (reason) =>
    console.warn(`\n*** THE FULL DISK WAS NOT TESTED: no file system can be mounted here (${reason}). Run this as root. ***\n`),
  );
  if (!disk) return { claims: [], figures: { 'full disk': 'NOT TESTED' } };
  const server = await ServerProcess.create({ dataDir: join(disk.path, 'data') });
  try {
    await server.start();
    return await fillAndFree(server, disk, seconds);
  } finally {
    disk.free();
    await server.dispose();
    await disk.unmount();
  }
}

async function fillAndFree(server: ServerProcess, disk: SmallDisk, seconds: number): Promise<Findings> {
  const { pid } = server;
  const witness = new Witness(server);
  await witness.begin();
  await witness.restocks(20);
  const databaseBefore = await server.databasePid();
  const tables = await whileFull(witness, disk, (seconds / 2) * 1000, async () => undefined);
  const writeAheadLog = await whileFull(witness, disk, (seconds / 2) * 1000, () => exhaustWriteAheadLog(server.dataDir));
  const databaseAfter = await server.databasePid();
  const both = [tables, writeAheadLog];
  const during = both.flatMap((filled) => filled.during);
  return {
    claims: [
      none('every write to a full disk was answered 503 with Retry-After', otherThanRefused(during)),
      none('reads went on while the disk was full', tables.reads.filter((status) => status !== 200).map(String)),
      none('and after PostgreSQL had died of it and was started again', writeAheadLog.reads.filter((status) => status !== 200).map(String)),
      none(
        'the process stayed alive and said so',
        both.flatMap(({ liveness }) => liveness.filter((status) => status !== 200).map(String)),
      ),
      { claim: 'no process exit', held: server.pid === pid, figure: `process ${server.pid}` },
      atMost('recovered after a full disk within', tables.recoveredAfterMs, recoveredWithinMs, 'ms'),
      atMost('recovered after a full write-ahead log within', writeAheadLog.recoveredAfterMs, recoveredWithinMs, 'ms'),
      ...(await witness.findings()),
    ],
    figures: {
      'full disk: writes tried': during.length,
      'full disk: reads tried': both.flatMap(({ reads }) => reads).length,
      'full disk: PostgreSQL was started again': databaseBefore === databaseAfter ? 'no' : 'yes',
    },
  };
}

async function whileFull(witness: Witness, disk: SmallDisk, forMs: number, breakIt: () => Promise<void>): Promise<Filled> {
  disk.fill();
  await breakIt();
  // The first writes may still find room in what the tables have, and a server that has died is back within a second: both are no outage yet.
  const giveUpAt = performance.now() + readAgainWithinMs;
  while ((await witness.restock()).status === 200 || (await witness.read()) !== 200) {
    if (performance.now() > giveUpAt) throw new Error(`with a full disk, nothing could be read for ${readAgainWithinMs / 1_000} s`);
    await delay(20);
  }
  const until = performance.now() + forMs;
  const during: Reply[] = [];
  const reads: number[] = [];
  const liveness: number[] = [];
  while (performance.now() < until) {
    during.push(...(await witness.restocks(4)));
    reads.push(await witness.read());
    liveness.push(await witness.live());
    await delay(20);
  }
  disk.free();
  return { during, reads, liveness, recoveredAfterMs: await witness.untilRecovered(performance.now()) };
}
