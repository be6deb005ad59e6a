import { setTimeout as delay } from 'node:timers/promises';
import { Caller } from './caller.js';
import { withDatabase } from './database-access.js';
import { orderFindings, readLog } from './log-audit.js';
import { comingDate, missedDates, ofASiteThatMoves, raisedByHand, type PlannedSchedule } from './planned-schedules.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import { convertOneRequest, raiseOneAlarm, startOneTimer } from './races-of-fifty.js';
import type { Random } from './random.js';
import { auditOf, auditOnceSettled, leftBehind, wrongDates, wronglyShown, wrongOrders } from './schedule-audit.js';
import { withSeveralProcesses, type SeveralProcesses } from './several-processes.js';

const processes = 3;
const schedulesOfARound = 4;
/** What is due may be so late where the last kill fell into it, and the machine is busy, in milliseconds. */
const patienceMs = 120_000;

/** R15: time turns into commands exactly once. */
await prove(
  `R15: ${processes} processes, killed at random moments, turn each date into one order, and fifty at once into one winner`,
  60,
  async (circumstances) => withSeveralProcesses(processes, (installation) => raiseAndKill(installation, circumstances)),
);

async function raiseAndKill(installation: SeveralProcesses, { seconds, seed, random }: Circumstances): Promise<Findings> {
  const caller = new Caller(installation, random, `${seed}`);
  const siteId = await caller.create('/entities', { entity: { name: 'Moving plant', timezone: 'Europe/Berlin' } });
  const moving = new Caller(installation, random, `${seed}-moving`, siteId);
  const planned: PlannedSchedule[] = [];
  const lost: string[] = [];
  const over = new AbortController();
  const killing = killAtRandom(installation, random, over.signal);
  const scene = { caller, random };
  const count = { rounds: 0, races: 0 };
  const until = performance.now() + seconds * 1_000;
  const ending = setTimeout(() => over.abort(), seconds * 1_000);
  do {
    count.rounds += 1;
    const several = (make: (of: typeof scene) => Promise<PlannedSchedule>) =>
      Promise.all(Array.from({ length: schedulesOfARound }, () => make(scene)));
    const key = `machine ${seed} ${count.rounds}`;
    const [schedules, wrong] = await Promise.all([
      Promise.all([several(missedDates), several(comingDate), raisedByHand(scene), ofASiteThatMoves(siteId, moving, scene)]),
      Promise.all([convertOneRequest(caller), startOneTimer(caller), raiseOneAlarm(caller, key)]),
    ]);
    planned.push(...schedules.flat(2));
    lost.push(...wrong.flat());
    count.races += wrong.length;
  } while (performance.now() < until);
  clearTimeout(ending);
  over.abort();
  const kills = await killing;
  try {
    return await withDatabase(installation.databaseUrl, async (database) => {
      const settled = await auditOnceSettled(database, planned, patienceMs);
      const shown = await wronglyShown(planned, settled, ({ what }) => (what === 'of a site that moves' ? moving : caller));
      // What came a second time may have come late.
      const audit = await auditOf(database);
      return {
        claims: [
          none('every date that had to come was raised once, in its order', wrongDates(planned, audit)),
          none('every occurrence has exactly one order, and every order of a schedule its occurrence', wrongOrders(audit)),
          none('each process shows the occurrences and orders that the log has', shown),
          none('of fifty at once one converted, one started the timer, and one order took all alarms', lost),
          none('no schedule was left in a time zone that its site has left', await leftBehind(database, siteId)),
          ...orderFindings(await readLog(database)),
        ],
        figures: {
          rounds: count.rounds,
          kills,
          schedules: planned.length,
          'dates raised': audit.raised.length,
          'of them at fifty by hand at once': planned.reduce((sum, { what, raised }) => sum + (what === 'by hand' ? raised : 0), 0),
          'races of fifty': count.races,
        },
      };
    });
  } finally {
    await Promise.all([caller.close(), moving.close()]);
  }
}

/** Kills one process after the other until the signal, and starts each again: two work on meanwhile. */
async function killAtRandom({ servers }: SeveralProcesses, random: Random, signal: AbortSignal): Promise<number> {
  let kills = 0;
  while (!signal.aborted) {
    // The pause is a choice of the proof: the kill must fall between any two steps.
    await delay(random.between(50, 1_000), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const server = random.pick(servers);
    await server.end('SIGKILL');
    kills += 1;
    await server.start();
  }
  return kills;
}
