import { ensureSequences, EventStore, PostgresLog, runInContext, Sequences, type CommandContext } from '#millwright/event-sourcing';
import { part, registerPart, restockPart } from '#millwright/inventory';
import { partDetails } from './details.js';
import type { BenchPlace } from './place.js';
import type { Measurement } from './line.js';
import { loadFor, type Load } from './load.js';
import { durableInserts } from './probes.js';
import { poolOf } from './pool.js';

const warmParts = 1_000;
export const firstPartId = 5_000_000;
export const transactionSequence = 'bench_transaction';

/** Restock commands in process: the engine and the domain, without HTTP. The load generator runs in the same process, so it counts too. */
export async function commandsInProcess({ appUrl, ownerUrl, seconds }: BenchPlace): Promise<Measurement[]> {
  const pool = poolOf(appUrl, 4);
  const owner = poolOf(ownerUrl, 1);
  await ensureSequences(owner, [transactionSequence]).finally(() => owner.end());
  const log = new PostgresLog({ url: appUrl });
  const sequences = new Sequences(pool);
  const events = new EventStore(log, sequences);
  try {
    await registerParts(events, firstPartId, warmParts);
    const restocking = (store: EventStore, partOf: () => number) => () => restock(store, partOf());
    const anyPart = (): number => firstPartId + Math.floor(Math.random() * warmParts);

    const on16 = await durableInserts(ownerUrl, 16, seconds);
    const many = await loadFor(seconds, 64, restocking(events, anyPart));
    const hot = await loadFor(
      seconds,
      64,
      restocking(events, () => firstPartId),
    );
    const on1 = await durableInserts(ownerUrl, 1, seconds);
    const alone = await loadFor(seconds, 1, restocking(events, anyPart));
    return [
      {
        name: 'restock in process, 64 callers, many parts',
        unit: 'commands/s',
        value: many.perSecond,
        probe: on16,
        budget: { atLeastTimesProbe: 1 },
      },
      { name: 'restock in process, 64 callers, many parts, p99', unit: 'ms', value: many.p99, probe: null, budget: { atMost: 25 } },
      {
        name: 'restock in process, 64 callers, one hot part',
        unit: 'commands/s',
        value: hot.perSecond,
        probe: on16,
        budget: { atLeastTimesProbe: 1 },
      },
      { name: 'restock in process, 64 callers, one hot part, p99', unit: 'ms', value: hot.p99, probe: null, budget: { atMost: 25 } },
      {
        name: 'restock in process, one caller',
        unit: 'commands/s',
        value: alone.perSecond,
        probe: on1,
        budget: { atLeastTimesProbe: 0.4 },
      },
      ...(await coldParts(log, sequences, seconds, on16)),
    ];
  } finally {
    await events.close();
    await log.close();
    await pool.end();
  }
}

/** Every command meets a part whose state is not in memory: its stream is read first. */
async function coldParts(log: PostgresLog, sequences: Sequences, seconds: number, probe: number): Promise<Measurement[]> {
  const parts = Math.round(seconds * 4_000);
  const first = firstPartId + warmParts;
  await registerParts(new EventStore(log, sequences), first, parts);
  const cold = new EventStore(log, sequences);
  let next = 0;
  const load: Load = await loadFor(seconds, 64, () => restock(cold, first + (next++ % parts)));
  return [
    {
      name: 'restock in process, 64 callers, parts not in memory',
      unit: 'commands/s',
      value: load.perSecond,
      probe,
      budget: { none: true },
    },
  ];
}

export async function registerParts(events: EventStore, firstId: number, count: number): Promise<void> {
  let next = firstId;
  const worker = async (): Promise<void> => {
    while (next < firstId + count) {
      const partId = next++;
      await inContext(() =>
        events.execute(part, partId, (state) =>
          state.partId === null ? registerPart(state, { partId, currency: 'USD', unitCost: null, details: partDetails(partId) }) : [],
        ),
      );
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

export const restock = (events: EventStore, partId: number): Promise<unknown> =>
  inContext(async () => {
    const transactionId = await events.nextId(transactionSequence);
    return events.execute(part, partId, (state) => restockPart(state, { transactionId, quantity: '2.5', cost: '12.37', note: null }));
  });

function inContext<T>(work: () => T): T {
  const requestId = 'bench';
  const context: CommandContext = {
    actor: { kind: 'system', id: 'bench' },
    customerId: 1,
    entityId: 1,
    requestId,
    correlationId: requestId,
    causationId: requestId,
    deadline: Date.now() + 10_000,
  };
  return runInContext(context, work);
}
