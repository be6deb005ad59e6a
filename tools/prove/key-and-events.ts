import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { KeyExceptions } from './key-exceptions.js';
import { KeyFaults } from './key-faults.js';
import { KeysAndEvents } from './keys-and-events.js';
import { KeyedRequest, type Tried } from './keyed-request.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import { logPlaces, withTwoProcesses, type TwoProcesses } from './two-processes.js';

const rounds = 50;
const keysOfRound = 1_000;
/** So many of a round where a proof has few seconds: a thousand once it has twenty. */
const keysPerSecond = 50;
const callers = 48;
/** How long the repeats at the end of a round go on until a key counts as never answered, in milliseconds. */
const patienceMs = 120_000;

/** R3, where processes die and connections break: a key's row and its events stand or fall together. */
await prove(
  `R3: under kills and cut connections, the row of an Idempotency-Key and its events stand or fall together (${rounds} rounds of ${keysOfRound} keys on each log)`,
  2_400,
  async (circumstances) => {
    const found: Findings[] = [];
    for (const place of logPlaces) found.push(await withTwoProcesses(place, (installation) => onOneLog(installation, circumstances)));
    return {
      claims: found.flatMap(({ claims }) => claims),
      figures: Object.assign({}, ...found.map(({ figures }) => figures)) as Findings['figures'],
    };
  },
);

async function onOneLog(installation: TwoProcesses, { seconds, seed, random }: Circumstances): Promise<Findings> {
  const { place, members, adminKey } = installation;
  const until = performance.now() + (seconds / logPlaces.length) * 1_000;
  const agent = new Agent({ connections: 64, headersTimeout: 15_000, bodyTimeout: 15_000 });
  const audit = await KeysAndEvents.of(installation);
  const faults = new KeyFaults(installation, random);
  const wrong = new KeyExceptions();
  const count = { rounds: 0, keys: 0, asked: 0, unknown: 0, notAcknowledged: 0 };
  try {
    const parts = await KeyedRequest.partsToRestock(members[0].server.url, adminKey);
    const ask = async (request: KeyedRequest): Promise<Tried> => {
      count.asked += 1;
      const tried = await request.ask(random.pick(members).server.url, adminKey, agent);
      if (tried === 'unknown') count.unknown += 1;
      return tried;
    };
    do {
      const name = `${seed}-${count.rounds}`;
      const requests = Array.from({ length: Math.min(keysOfRound, seconds * keysPerSecond) }, (_, number) =>
        KeyedRequest.drawn(`${name}-${number}`, parts, random),
      );
      await audit.begin();
      await faults.during(requests, async () => eachOf(requests, (request) => askSeveralTimes(request, ask, random.between(1, 2))), audit);
      count.notAcknowledged += requests.filter(({ answers }) => answers.length === 0).length;
      wrong.afterFaults(requests, await audit.effects());
      await eachOf(requests, (request) => askUntilAnswered(request, ask));
      wrong.atLast(requests, await audit.effects());
      await audit.look();
      count.keys += requests.length;
      count.rounds += 1;
    } while (count.rounds < rounds && performance.now() < until);
  } finally {
    await Promise.all([agent.close(), audit.close()]);
  }
  const on = (text: string): string => `${place}: ${text}`;
  return {
    claims: [
      none(on('a key that was acknowledged had one effect, another at most one, and each exactly one after a last repeat'), wrong.effects),
      none(on('every answer of a key was the first one, byte for byte'), wrong.unequal),
      none(on('at most one caller of a key was told to be the first'), wrong.twiceFirst),
      none(on('nobody was answered anything but that, "in use" or "not now"'), wrong.unexpected),
      none(on('every key was answered in the end'), wrong.unanswered),
      none(on('all events of keys were there with the rows of their keys, whenever one looked'), audit.eventsWithoutRow),
      ...(place === 'PostgreSQL'
        ? [none(on('all such rows were there with their events, whenever one looked'), audit.rowsWithoutEvents)]
        : []),
    ],
    figures: {
      [on('rounds')]: count.rounds,
      [on('keys')]: count.keys,
      [on('requests')]: count.asked,
      [on('requests whose outcome stayed unknown')]: count.unknown,
      [on('keys that nobody had an answer to after the faults')]: count.notAcknowledged,
      ...Object.fromEntries(Object.entries(faults.count).map(([fault, times]) => [on(fault), times])),
      [on('looks at rows and events')]: audit.looks,
    },
  };
}

/** The callers share the requests; each goes through its part one after the other. */
async function eachOf(requests: readonly KeyedRequest[], work: (request: KeyedRequest) => Promise<void>): Promise<void> {
  const left = [...requests].reverse();
  const caller = async (): Promise<void> => {
    for (let request = left.pop(); request; request = left.pop()) await work(request);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** Twice at one moment, and some times more after that, each time at either process, with no patience. */
async function askSeveralTimes(request: KeyedRequest, ask: (request: KeyedRequest) => Promise<Tried>, more: number): Promise<void> {
  await Promise.all([ask(request), ask(request)]);
  for (let time = 0; time < more; time++) await ask(request);
}

async function askUntilAnswered(request: KeyedRequest, ask: (request: KeyedRequest) => Promise<Tried>): Promise<void> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = 20; (await ask(request)) !== 'answered'; pauseMs = Math.min(500, pauseMs * 2)) {
    if (performance.now() > until) return;
    await delay(pauseMs);
  }
}
