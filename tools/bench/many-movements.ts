import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import type * as EventSourcing from '#millwright/event-sourcing';
import type * as Inventory from '#millwright/inventory';
import type { Measurement } from './line.js';
import { MeasuredServer } from './over-http/measured-server.js';
import { restock } from './over-http/scenarios.js';
import { connections, measure } from './over-http/target.js';
import type { BenchPlace } from './place.js';
import { poolOf } from './pool.js';
import { seedMetadata } from './seed-log.js';

const fewMovements = 10;
/** Every fifth movement goes to a work order of its own, so that what the part remembers of them fills pages of its snapshot. */
const movementsAnOrder = 5;
const eventsAnAppend = 1_000;
/** Far from what the server gives to what it records itself. */
const firstTransactionId = 1_000_000_000;
const firstWorkOrderId = 1_000_000;
const starts = 3;

type Part = Readonly<{ id: number; movements: number; name: string }>;

/** What a restock costs must not grow with what has happened to its part: a part of a million movements beside one of ten, hot and after a start. */
export async function manyMovements(place: BenchPlace): Promise<Measurement[]> {
  const server = await MeasuredServer.start(place);
  try {
    const parts: Part[] = [];
    for (const movements of [fewMovements, place.movements]) {
      const id = await server.create('/parts', { part: { name: `Part of ${movements}` } });
      parts.push({ id, movements, name: `restock of a part with ${movements.toLocaleString('en')} movements` });
    }
    const [few, many] = parts as [Part, Part];
    await server.stop();
    for (const part of parts) await fill(part, place);
    const began = performance.now();
    await server.restart();
    console.error(`  read models caught up in ${secondsSince(began)} s`);
    return [...(await hot(server, few, many, place)), ...(await afterAStart(server, few, many))];
  } finally {
    await server.dispose();
  }
}

async function hot(server: MeasuredServer, few: Part, many: Part, { seconds }: BenchPlace): Promise<Measurement[]> {
  const load = ({ id }: Part) => measure(server, { seconds, callers: connections, warmUp: () => restock(id), request: () => restock(id) });
  const [ofFew, ofMany] = [await load(few), await load(many)];
  const rate = (part: Part, { load: { perSecond }, cost }: typeof ofFew, probe: number | null): Measurement => ({
    name: `${part.name}, hot`,
    unit: 'operations/s',
    value: perSecond,
    probe,
    budget: { none: true },
    cost,
  });
  const [value, probe] = [ofMany.cost.processor.server, ofFew.cost.processor.server];
  return [
    rate(few, ofFew, null),
    rate(many, ofMany, ofFew.load.perSecond),
    ...(value === null || probe === null
      ? []
      : [
          {
            name: `${many.name}, hot, processor time of server (probe: with ${fewMovements})`,
            unit: 'µs',
            value,
            probe,
            budget: { atMostTimesProbe: 1.2 },
          },
        ]),
  ];
}

/** The very first command that a server is given, the median of some starts. */
async function afterAStart(server: MeasuredServer, few: Part, many: Part): Promise<Measurement[]> {
  const firstCommand = async ({ id }: Part): Promise<number> => {
    const times: number[] = [];
    for (let start = 0; start < starts; start++) {
      await server.restart();
      const began = performance.now();
      await server.send(restock(id));
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[Math.floor(starts / 2)] ?? 0;
  };
  const probe = await firstCommand(few);
  return [
    {
      name: `${many.name}, cold: the first command after a start (probe: with ${fewMovements})`,
      unit: 'ms',
      value: await firstCommand(many),
      probe,
      budget: { atMost: 300 },
    },
  ];
}

/** The log and the decisions of the build that is measured, so that its events are its own. */
async function libsOf({ build }: BenchPlace): Promise<typeof EventSourcing & typeof Inventory> {
  const folder = build === undefined ? new URL('../../libs/', import.meta.url) : pathToFileURL(join(resolve(build), 'dist', 'libs', '/'));
  const lib = (name: string): Promise<unknown> => import(new URL(`${name}/src/index.js`, folder).href);
  return { ...((await lib('event-sourcing')) as typeof EventSourcing), ...((await lib('inventory')) as typeof Inventory) };
}

/** Decided by the product's own decisions and appended by its own log, without the work orders that some of it goes to; then the snapshot that it keeps. */
async function fill({ id, movements }: Part, place: BenchPlace): Promise<void> {
  const { PostgresLog, PostgresSnapshots, part, restockPart, decideOrderEffect } = await libsOf(place);
  const began = performance.now();
  const log = new PostgresLog({ url: place.appUrl });
  const stream = `part-${id}`;
  try {
    const before = await log.readStream(stream);
    let state = (before as unknown as Inventory.PartEvent[]).reduce((folded, event) => part.evolve(folded, event), part.initialState);
    let revision = before.length - 1;
    let lastEventId = '';
    let waiting: EventSourcing.ProposedEvent[] = [];
    const append = async (): Promise<void> => {
      if (waiting.length === 0) return;
      await log.append({ stream, expected: revision, events: waiting }, { deadline: Date.now() + 60_000 });
      revision += waiting.length;
      lastEventId = waiting.at(-1)?.id ?? '';
      waiting = [];
    };
    const happened = (events: readonly Inventory.PartEvent[]): void => {
      for (const event of events) {
        state = part.evolve(state, event);
        waiting.push({ id: uuidv7(), type: event.type, data: event.data, metadata: seedMetadata });
      }
    };
    for (let number = 0; number < movements; number++) {
      const transactionId = firstTransactionId * id + number;
      if (number % movementsAnOrder < movementsAnOrder - 1)
        happened(restockPart(state, { transactionId, quantity: '2.5', cost: `${10 + (number % 7)}.25` }));
      else {
        const workOrderId = firstWorkOrderId + number;
        happened(decideOrderEffect(state, { kind: 'reserve', workOrderId, orderRevision: 1, quantity: '1.5' }, 0).events);
        const effectiveAt = seedMetadata.effective_at;
        happened(decideOrderEffect(state, { kind: 'issue', workOrderId, orderRevision: 3, effectiveAt }, transactionId).events);
      }
      if (waiting.length >= eventsAnAppend) await append();
    }
    await append();
    if (part.snapshots) {
      const pool = poolOf(place.appUrl, 1);
      const pages = new Map([...part.snapshots.pagesOf(state)].map(([name, content]) => [name, JSON.stringify(content)]));
      const header = { stream, version: part.snapshots.version, revision, eventId: lastEventId };
      await new PostgresSnapshots(pool).saveAll(header, pages).finally(() => pool.end());
      console.error(`  ${movements} movements (${revision + 1} events, a snapshot of ${pages.size} pages) in ${secondsSince(began)} s`);
    }
  } finally {
    await log.close();
  }
}

const secondsSince = (began: number): string => ((performance.now() - began) / 1000).toFixed(1);
