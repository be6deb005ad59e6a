import { ApiClient, ApiError, type Answer } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { readLog } from './log-audit.js';
import { cutConnectionAfterSending } from './cut-connection.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import { withServer } from './with-server.js';

const callersOfOneKey = 50;

/** R3: one Idempotency-Key, one effect. */
await prove('R3: one Idempotency-Key, one effect', 60, async (circumstances) => {
  return withServer((server) => callTogether(server, circumstances));
});

type Round = Readonly<{ key: string; answers: readonly Answer<{ id: number }>[]; errors: readonly ApiError[] }>;

async function callTogether(server: ServerProcess, { seconds, seed, random }: Circumstances): Promise<Findings> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 30_000 });
  const { data: part } = await client.post<{ id: number }>('/parts', { part: { name: 'One effect' } });
  const path = `/parts/${part.id}/restock`;
  const impatient = new ApiClient({ url: server.url, key: server.key, entityId: 1 });
  const wrongAnswers: string[] = [];
  const otherBodies: string[] = [];
  const keys: string[] = [];
  const until = performance.now() + seconds * 1000;
  let cutConnections = 0;
  let toldToWait = 0;
  while (performance.now() < until) {
    const key = `${seed}-${keys.length}`;
    keys.push(key);
    const body = { quantity: '1', cost: '2.50', note: key };
    // In some rounds the first caller's connection dies right after it was sent: the effect may be there, but nobody was told.
    if (random.next() < 0.3) {
      await cutConnectionAfterSending(server, path, { quantity: '1', cost: '2.50', note: key }, key);
      cutConnections++;
    }
    const round = await oneRound(impatient, path, body, key);
    // Other key order and white space make the same request; another quantity does not.
    const reordered = await client.patch<{ id: number }>(path, { note: key, cost: '2.50', quantity: '1' }, key);
    if (!reordered.replayed) wrongAnswers.push(`${key}: decided anew with its keys in another order`);
    wrongAnswers.push(...whatIsWrongWith({ ...round, answers: [...round.answers, reordered] }));
    toldToWait += round.errors.length;
    const other = await client.patch(path, { ...body, quantity: '2' }, key).catch((error: unknown) => error);
    if (!(other instanceof ApiError && other.status === 422 && other.code === 'IDEMPOTENCY_KEY_REUSED')) otherBodies.push(key);
  }
  const events = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), readLog);
  await Promise.all([client.close(), impatient.close()]);
  const effects = new Map<string, number>(keys.map((key) => [key, 0]));
  for (const { note } of events) if (note !== undefined) effects.set(note, (effects.get(note) ?? 0) + 1);
  return {
    claims: [
      none(
        'every key had exactly one effect',
        [...effects].filter(([, count]) => count !== 1).map(([key, count]) => `${key}: ${count}`),
      ),
      none('every caller of a key got the one answer or was told to wait, and at most one was first', wrongAnswers),
      none('a key with another body is 422 IDEMPOTENCY_KEY_REUSED', otherBodies),
    ],
    figures: {
      rounds: keys.length,
      'callers of one key at a time': callersOfOneKey,
      'callers told to wait (IDEMPOTENCY_KEY_IN_USE)': toldToWait,
      'rounds begun with a connection cut': cutConnections,
    },
  };
}

async function oneRound(client: ApiClient, path: string, body: unknown, key: string): Promise<Round> {
  const settled = await Promise.allSettled(Array.from({ length: callersOfOneKey }, () => client.patch<{ id: number }>(path, body, key)));
  return {
    key,
    answers: settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    errors: settled.flatMap((result) => (result.status === 'rejected' && result.reason instanceof ApiError ? [result.reason] : [])),
  };
}

function whatIsWrongWith({ key, answers, errors }: Round): string[] {
  const wrong: string[] = [];
  const unexpected = errors.find(({ code }) => code !== 'IDEMPOTENCY_KEY_IN_USE');
  if (unexpected) wrong.push(`${key}: ${unexpected.status} ${unexpected.code} ${unexpected.message}`);
  if (new Set(answers.map(({ data, position, status }) => JSON.stringify([data, position, status]))).size !== 1)
    wrong.push(`${key}: answers differ`);
  const first = answers.filter(({ replayed }) => !replayed).length;
  if (first > 1) wrong.push(`${key}: ${first} callers were told they were first`);
  return wrong;
}
