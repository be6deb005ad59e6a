import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { createLogger } from '../src/start/logging.js';
import { readConfiguration } from '../src/config.js';
import type { LogHome } from '../src/event-log/log-home.js';
import { CannotCopy } from './log-copy/cannot-copy.js';
import { copyEvents, type Copied } from './log-copy/copy-events.js';
import { openEnds, type Ends } from './log-copy/ends.js';
import { PositionMap } from './log-copy/position-map.js';
import { holdingPositions, rebuildFrom } from './log-copy/rebuild.js';
import { Standstill } from './log-copy/standstill.js';

const help = `npm run log:copy -- --from <log> --to <log>

Moves the event log of an installation between PostgreSQL and EventStoreDB, either way. A <log> is one of
  embedded       the database in DATA_DIR
  postgres://…   your own database (as DATABASE_URL; its tables' owner is taken from MIGRATIONS_DATABASE_URL)
  esdb://…       EventStoreDB, under EVENTSTORE_PREFIX

All processes of the application have to be stopped; the tool refuses to begin while it sees one on the database. It copies every event with its id,
compares what it wrote byte for byte, translates every checkpoint to the positions of the new log, and makes the database belong to that. The old
log stays as it is. Interrupted, it changes nothing that the application would see; run it again and it goes on.

Exit code: 0 when both logs are the same and the database belongs to the new one; 1 when it could not be done; 2 for wrong usage.`;

class WrongUsage extends Error {}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(help);
  if (!values.from || !values.to) throw new WrongUsage('name both logs: --from <log> --to <log> (see --help)');
  const logger = createLogger('warn');
  const ends = await openEnds(values.from, values.to, readConfiguration(), logger);
  try {
    const standstill = await Standstill.begin(ends.databases.ownerUrl);
    try {
      if (await isThereAlready(standstill.client, ends))
        return console.log('The log of this database lies there already. Nothing was done.');
      const copied = await copy(ends, standstill.client);
      await rebuildFrom(ends.target, ends.databases, logger);
      printSummary(ends, copied);
    } finally {
      await standstill.end();
    }
  } finally {
    await ends.close();
  }
}

/** @throws CannotCopy when the database belongs to a log that is neither of the two */
async function isThereAlready(client: pg.Client, { source, target }: Ends): Promise<boolean> {
  const { rows } = await client.query<LogHome>('SELECT place, prefix FROM app.log_home');
  const [known] = rows;
  const isAt = ({ place, prefix }: LogHome): boolean => known?.place === place && known.prefix === prefix;
  if (known && isAt(target.home)) return true;
  if (known && !isAt(source.home))
    throw new CannotCopy(
      `The log of this database lies in ${known.place === 'postgresql' ? 'PostgreSQL' : `EventStoreDB, prefix "${known.prefix}"`}, not where --from says. Nothing was changed.`,
    );
  return false;
}

async function copy({ source, target }: Ends, client: pg.Client): Promise<Copied> {
  const map = new PositionMap(client);
  await map.begin();
  const started = performance.now();
  let [events, saidAt] = [0, started];
  const copied = await copyEvents(source.log, target.log, async (pairs) => {
    await map.add(pairs);
    events += pairs.length;
    const now = performance.now();
    if (now - saidAt < 1_000) return;
    saidAt = now;
    console.error(`${events} events, ${((events * 1_000) / (now - started)).toFixed(0)} a second`);
  });
  console.error(
    `${copied.events} events in ${((performance.now() - started) / 1_000).toFixed(1)} s, ${copied.alreadyThere} of them were there`,
  );
  if (copied.sourceDigest !== copied.targetDigest) throw new CannotCopy('The digests differ. The database still belongs to the old log.');
  await map.moveDatabase(
    target.home,
    holdingPositions.map(({ name }) => name),
  );
  return copied;
}

function printSummary({ target }: Ends, { events, sourceDigest, targetDigest }: Copied): void {
  console.log(`events          ${events}`);
  console.log(`digest, source  ${sourceDigest}`);
  console.log(`digest, target  ${targetDigest}`);
  const { eventStorePrefix } = target.configuration;
  console.log(
    target.home.place === 'eventstoredb'
      ? `The log lies in EventStoreDB now. Start the application with EVENTSTORE_URL${eventStorePrefix === '' ? '' : ` and EVENTSTORE_PREFIX=${eventStorePrefix}`}.`
      : 'The log lies in PostgreSQL now. Start the application without EVENTSTORE_URL.',
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof WrongUsage || (error instanceof TypeError && 'code' in error) ? 2 : 1;
});
