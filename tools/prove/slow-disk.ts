import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { ServerProcess } from '../server-process.js';
import { atMost, none, percentile, type Findings } from './proof.js';
import type { Random } from './random.js';
import { withServer } from './with-server.js';
import { Witness, type Reply } from './witness.js';

const callers = 16;
const flushDelayMs = 40;
/** The deadline of a write is 2 s; the rest is what it takes to answer. */
const answeredWithinMs = 3_000;
const mostGrowthMegabytes = 150;

/** Every flush takes 40 ms longer: commits are slower, nothing is wrong, memory stays bounded, and nobody waits past the deadline. */
export async function slowDisk(seconds: number, random: Random): Promise<Findings> {
  if (process.platform !== 'linux') {
    console.warn('\n*** THE SLOW DISK WAS NOT TESTED: how to slow a process down is known for Linux only. ***\n');
    return { claims: [], figures: { 'slow disk': 'NOT TESTED' } };
  }
  return withServer(async (server) => {
    const witness = new Witness(server);
    await witness.begin();
    const quick = await writeFor(witness, seconds * 200);
    const before = await megabytesOf(server);
    const postmaster = await server.databasePid();
    if (postmaster === undefined) throw new Error('the embedded database has no process');
    const slowness = (await delayFlushes(postmaster)) ?? freezeNowAndThen(postmaster, random);
    let slow: Reply[];
    try {
      slow = await writeFor(witness, seconds * 800);
    } finally {
      await slowness.end();
    }
    const grown = (await megabytesOf(server)) - before;
    const recoveredAfterMs = await witness.untilRecovered(performance.now());
    const milliseconds = (replies: readonly Reply[]): number[] => replies.map((reply) => reply.milliseconds);
    return {
      claims: [
        none(
          'every write to a slow disk was taken, or refused for now',
          slow.flatMap(({ status, retryAfter }) => (status === 200 || (status === 503 && retryAfter) ? [] : [String(status)])),
        ),
        {
          claim: 'writes were taken all the same',
          held: slow.some(({ status }) => status === 200),
          figure: `${slow.filter(({ status }) => status === 200).length} of ${slow.length}`,
        },
        atMost('nobody waited longer than', Math.max(...milliseconds(slow)), answeredWithinMs, 'ms'),
        {
          claim: 'memory stayed bounded',
          held: grown <= mostGrowthMegabytes,
          figure: `${grown.toFixed(0)} MB more (limit ${mostGrowthMegabytes} MB)`,
        },
        atMost('recovered after a slow disk within', recoveredAfterMs, 5_000, 'ms'),
        ...(await witness.findings()),
      ],
      figures: {
        'slow disk: made by': slowness.name,
        'slow disk: median of a write before': `${percentile(milliseconds(quick), 0.5).toFixed(1)} ms`,
        'slow disk: median of a write meanwhile': `${percentile(milliseconds(slow), 0.5).toFixed(1)} ms`,
      },
    };
  });
}

async function writeFor(witness: Witness, milliseconds: number): Promise<Reply[]> {
  const until = performance.now() + milliseconds;
  const replies: Reply[] = [];
  const caller = async (): Promise<void> => {
    do replies.push(await witness.restock());
    while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return replies;
}

async function megabytesOf({ url, key }: ServerProcess): Promise<number> {
  const answer = await request(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(await answer.body.text())?.[1]) / 1024 / 1024;
}

type Slowness = Readonly<{ name: string; end: () => Promise<void> }>;

/** What a slow disk does, exactly: the system call that waits for it returns later. Needs strace, and the right to trace the server. */
async function delayFlushes(postmaster: number): Promise<Slowness | undefined> {
  if (spawnSync('strace', ['-V']).status !== 0) return undefined;
  const calls = 'fdatasync,fsync';
  const processes = [postmaster, ...childrenOf(postmaster)].flatMap((pid) => ['-p', String(pid)]);
  const options = ['-qq', '-f', '-e', `trace=${calls}`, '-e', `inject=${calls}:delay_exit=${flushDelayMs * 1_000}`, '-o', '/dev/null'];
  const strace = spawn('strace', [...options, ...processes], { stdio: 'ignore' });
  const ended = once(strace, 'exit');
  const refused = await Promise.race([ended, delay(1_000)]);
  if (refused !== undefined) return undefined;
  const end = async (): Promise<void> => {
    strace.kill('SIGTERM');
    await ended;
  };
  return { name: `strace: each flush takes ${flushDelayMs} ms longer`, end };
}

/** Where nothing better is at hand: all of the server stands still for most of the time, as it does behind a disk that is busy with others. */
function freezeNowAndThen(postmaster: number, random: Random): Slowness {
  let ending = false;
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    for (const pid of childrenOf(postmaster)) {
      try {
        process.kill(pid, name);
      } catch {
        // This connection has just been closed.
      }
    }
  };
  const freezing = (async (): Promise<void> => {
    while (!ending) {
      signal('SIGSTOP');
      await delay(random.between(20, 2 * flushDelayMs));
      signal('SIGCONT');
      await delay(10);
    }
  })();
  const end = async (): Promise<void> => {
    ending = true;
    await freezing;
    signal('SIGCONT');
  };
  return { name: 'SIGSTOP: the server stands still most of the time', end };
}

/** The server's processes: one a connection, and its writers. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isSafeInteger(pid) && pid > 0 && parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').pop() ?? '';
    return Number(afterName.trim().split(' ')[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}
