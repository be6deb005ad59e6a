import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient, ApiError } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { killAtRandom } from './chaos.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { orderFindings, readLog, type LoggedEvent } from './log-audit.js';
import { OutsideLedger, readLedger, type BookedCommand, type Conclusion, type Intent } from './outside-ledger.js';
import { none, percentile, prove, type Circumstances, type Finding, type Findings } from './proof.js';
import type { Random } from './random.js';
import { withServer } from './with-server.js';

const callers = 32;
const parts = 20;

/** R1: nothing acknowledged is lost, doubled or reordered, whatever is killed. */
await prove('R1: nothing acknowledged is lost, doubled or reordered, whatever is killed', 60, async (circumstances) => {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-ledger-'));
  try {
    return await withServer((server) => loadAndKill(server, join(folder, 'ledger.jsonl'), circumstances));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function loadAndKill(server: ServerProcess, ledgerPath: string, { seconds, random, seed }: Circumstances): Promise<Findings> {
  const patient = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 60_000 });
  const hasty = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 0, timeout: 15_000 });
  const ledger = await OutsideLedger.create(ledgerPath);
  const partIds: number[] = [];
  for (let number = 1; number <= parts; number++) {
    const { data } = await patient.post<{ id: number }>('/parts', { part: { name: `Proof ${number}` } }, `proof-part-${seed}-${number}`);
    partIds.push(data.id);
  }

  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  const load = Array.from({ length: callers }, (_, caller) =>
    call({ caller, hasty, patient, ledger, partIds, random, signal: stop.signal }),
  );
  const kills = await killAtRandom(server, random, [200, 1200], stop.signal);
  await Promise.all(load);
  clearTimeout(timer);
  await ledger.close();

  const booked = readLedger(await readFile(ledgerPath, 'utf8'));
  const events = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), readLog);
  await Promise.all([patient.close(), hasty.close()]);
  const conclusions = [...booked.values()].map(({ conclusions: list }) => list.at(-1)?.outcome ?? 'unknown');
  const count = (outcome: string): number => conclusions.filter((other) => other === outcome).length;
  return {
    claims: [...ledgerFindings(booked, events), ...orderFindings(events)],
    figures: {
      'commands acknowledged': count('acknowledged'),
      'commands rejected': count('rejected'),
      'commands whose outcome stayed unknown': count('unknown'),
      'answers asked for again with their key': [...booked.values()].filter(({ conclusions: list }) => list.length > 1).length,
      'kills (app, database, both)': `${kills.app + kills.database + kills.both} (${kills.app}, ${kills.database}, ${kills.both})`,
      'ready again after, median and worst': `${percentile(kills.readyAfterMs, 0.5).toFixed(0)} ms, ${Math.max(0, ...kills.readyAfterMs).toFixed(0)} ms`,
      'events in the log': events.length,
    },
  };
}

type Caller = Readonly<{
  caller: number;
  hasty: ApiClient;
  patient: ApiClient;
  ledger: OutsideLedger;
  partIds: readonly number[];
  random: Random;
  signal: AbortSignal;
}>;

/** One client: books what it is about to do, does it once, books the answer; some unknown outcomes and some answers it asks for again. */
async function call({ caller, hasty, patient, ledger, partIds, random, signal }: Caller): Promise<void> {
  for (let number = 1; !signal.aborted; number++) {
    const intent = intentOf(`${caller}-${number}`, random.pick(partIds), random.next());
    await ledger.intend(intent);
    const first = await attempt(hasty, intent);
    await ledger.conclude(first);
    const isAskedAgain = first.outcome === 'unknown' ? random.next() < 0.7 : first.outcome === 'acknowledged' && random.next() < 0.02;
    if (isAskedAgain) await ledger.conclude(await attempt(patient, intent));
  }
}

/** Mostly restocks; some commands that a rule must refuse, and some that are no valid input. */
function intentOf(id: string, partId: number, dice: number): Intent {
  if (dice < 0.08) return { id, path: `/parts/${partId}/reconcile`, body: JSON.stringify({ quantity: '-999999999', note: id }) };
  if (dice < 0.12) return { id, path: `/parts/${partId}/restock`, body: JSON.stringify({ quantity: '1.0005', cost: '1', note: id }) };
  return { id, path: `/parts/${partId}/restock`, body: JSON.stringify({ quantity: '0.125', cost: '12.37', note: id }) };
}

async function attempt(client: ApiClient, { id, path, body }: Intent): Promise<Conclusion> {
  try {
    const { status, data, position } = await client.patch(path, JSON.parse(body), id);
    return { id, outcome: 'acknowledged', status, position, answerHash: createHash('sha256').update(JSON.stringify(data)).digest('hex') };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const isRefusal = error.status >= 400 && error.status < 500;
    return { id, outcome: isRefusal ? 'rejected' : 'unknown', status: error.status, position: undefined, answerHash: undefined };
  }
}

function ledgerFindings(booked: ReadonlyMap<string, BookedCommand>, events: readonly LoggedEvent[]): Finding[] {
  const positionsOf = new Map<string, string[]>();
  for (const { note, position } of events) if (note !== undefined) positionsOf.set(note, [...(positionsOf.get(note) ?? []), position]);

  const lost: string[] = [];
  const doubled: string[] = [];
  const moved: string[] = [];
  const appeared: string[] = [];
  const changed: string[] = [];
  for (const [id, { conclusions }] of booked) {
    const positions = positionsOf.get(id) ?? [];
    const acknowledged = conclusions.filter(({ outcome }) => outcome === 'acknowledged');
    if (positions.length > 1) doubled.push(`${id} at ${positions.join(' and ')}`);
    if (acknowledged.length > 0 && positions.length === 0) lost.push(id);
    if (acknowledged.some(({ position }) => position !== undefined && positions[0] !== undefined && position !== positions[0]))
      moved.push(id);
    if (new Set(acknowledged.map(({ answerHash }) => answerHash)).size > 1) changed.push(id);
    if (positions.length > 0 && conclusions.some(({ outcome }) => outcome === 'rejected')) appeared.push(id);
  }
  const strangers = [...positionsOf.keys()].filter((id) => !booked.has(id));
  return [
    none('every acknowledged command is in the log', lost),
    none('no command is in the log twice', doubled),
    none('every acknowledged command stands at the position it was told', moved),
    none('a rejected command left nothing', appeared),
    none('asked again with its key, a command gave the same answer', changed),
    none('nothing is in the log that no client sent', strangers),
  ];
}
