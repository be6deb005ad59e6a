import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { entitiesIn } from '../../../../test/harness/entities.js';
import { ProcessManagerEngine } from '../process-managers/process-manager-engine.js';
import { eventually, World } from '../projections/testing/world.js';
import { MovedClock } from '../testing/moved-clock.js';
import { channel, Outbox, OutboxChannels, outboxEntities, type Message } from './outbox.js';
import { processManagerOfOutbox } from './outbox-worker.js';

const morning = '2026-01-31T08:00:00.000Z';
/** A try that hangs is long over before a test is, and a backoff only when the clock is moved. */
const patience = { tryMs: 50, firstBackoffMs: 60_000, longestBackoffMs: 600_000, giveUpAfterMs: 86_400_000 };

describe('the outbox', () => {
  let world: World;
  let entities: EntityManager;
  let clock: MovedClock;
  let outbox: Outbox;
  const engines: ProcessManagerEngine[] = [];
  beforeEach(async () => {
    world = await World.create();
    entities = await entitiesIn(world.database.url, outboxEntities);
    clock = new MovedClock(morning);
    outbox = new Outbox(entities, clock);
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.stop()));
    await entities.dataSource.destroy();
    await world.end();
  });

  const started = async (deliver: (message: Message, signal: AbortSignal) => Promise<void>): Promise<ProcessManagerEngine> => {
    const managers = [processManagerOfOutbox(new OutboxChannels([channel({ name: 'mail', deliver })]), { entities, clock, patience })];
    const engine = new ProcessManagerEngine({ log: world.log, managers, database: { connectionString: world.database.url } });
    engines.push(engine);
    await engine.start();
    return engine;
  };
  const put = async (receiver: string, content: string, id = randomUUID()): Promise<void> =>
    outbox.put({ id, channel: 'mail', receiver, content });
  const count = async (condition: string): Promise<number> => (await world.rows(`select from app.outbox where ${condition}`)).length;

  it('delivers what one receiver gets in order, each message once among two workers', async () => {
    const delivered: string[] = [];
    const note = async ({ receiver, content }: Message): Promise<void> => void delivered.push(`${receiver} ${JSON.stringify(content)}`);
    await started(note);
    await started(note);
    for (const content of ['1', '2', '3']) await put('ann', content);
    await eventually(async () => (await count('delivered_at is not null')) === 3);
    expect(delivered).toEqual(['ann "1"', 'ann "2"', 'ann "3"']);
  });

  it('puts a message once, and none of a transaction that is rolled back', async () => {
    const id = randomUUID();
    await put('ann', '1', id);
    await put('ann', '1', id);
    const refused = entities.transaction(async (transaction) => {
      await outbox.put({ id: randomUUID(), channel: 'mail', receiver: 'ann', content: '2' }, transaction);
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await world.rows('select message from app.outbox')).toEqual([{ message: '1' }]);
  });

  it('delivers a content as it was put, whatever JSON it is', async () => {
    const delivered: unknown[] = [];
    await started(async ({ content }) => void delivered.push(content));
    const contents = [null, false, 0, '', '{"a":1}', ['b', null], { c: { d: 'e' } }];
    for (const content of contents) await outbox.put({ id: randomUUID(), channel: 'mail', receiver: 'ann', content });
    await eventually(async () => (await count('delivered_at is not null')) === contents.length);
    expect(delivered).toEqual(contents);
  });

  it('lets a receiver that hangs and one that is dead hold up nobody else, and their later messages wait', async () => {
    const delivered: string[] = [];
    for (const receiver of ['hanging', 'dead']) for (const content of ['1', '2']) await put(receiver, content);
    const engine = await started(async ({ receiver, content }) => {
      if (receiver === 'hanging') await new Promise(() => undefined);
      if (receiver === 'dead') throw new Error('nobody lives here');
      delivered.push(`${receiver} ${JSON.stringify(content)}`);
    });
    for (const content of ['1', '2', '3']) await put('ann', content);
    await eventually(() => delivered.length === 3);
    await eventually(async () => (await count('tries = 1 and last_error is not null')) === 2);
    expect(await count(`receiver <> 'ann' and tries = 0`)).toBe(2);
    for (const [index, minutes] of [1, 3].entries()) {
      clock.moveTo(new Date(Date.parse(morning) + minutes * 60_000).toISOString());
      await eventually(async () => (await count(`tries = ${index + 2}`)) === 2);
    }
    await eventually(async () => (await engine.status())[0]?.stuck.length === 2);
    expect((await engine.status())[0]?.stuck.map(({ error }) => error).sort()).toEqual(['no answer within 50 ms', 'nobody lives here']);
    expect(JSON.stringify((await engine.status())[0]?.stuck)).not.toContain('hanging');
  });

  it('tries again after a backoff, also when the clock was set back meanwhile', async () => {
    let dead = true;
    await started(async () => {
      if (dead) throw new Error('not now');
    });
    await put('ann', '1');
    await eventually(async () => (await count('tries = 1')) === 1);
    dead = false;
    clock.moveTo('2026-01-01T00:00:00Z');
    await eventually(async () => (await count('delivered_at is not null')) === 1);
  });

  it('gives up after its time, shows that, and goes on with the next message of the receiver', async () => {
    const engine = await started(async ({ content }) => {
      if (content === 'poison') throw new Error('it cannot be read');
    });
    await put('ann', 'poison');
    await put('ann', 'after it');
    await eventually(async () => (await count('tries = 1')) === 1);
    clock.moveTo('2026-02-01T08:00:00.000Z');
    await eventually(async () => (await count('delivered_at is not null')) === 1);
    expect(await world.rows('select message from app.outbox where given_up_at is not null')).toEqual([{ message: 'poison' }]);
    await eventually(async () => (await engine.status())[0]?.stuck.length === 1);
  });

  it('takes rows away a month after they were delivered', async () => {
    await put('ann', 'old');
    await world.rows(`update app.outbox set delivered_at = '2025-12-31T00:00:00Z'`);
    await put('ann', 'new');
    await started(async () => undefined);
    await eventually(async () => (await count('delivered_at is not null')) === 1 && (await count('true')) === 1);
    expect(await world.rows('select message from app.outbox')).toEqual([{ message: 'new' }]);
  });

  it('ends a try that hangs when it stops, does not count it, and has the next worker try it', async () => {
    const patient = { ...patience, tryMs: 3_600_000 };
    let began = false;
    const hangs = processManagerOfOutbox(
      new OutboxChannels([channel({ name: 'mail', deliver: () => ((began = true), new Promise<void>(() => undefined)) })]),
      {
        entities,
        clock,
        patience: patient,
      },
    );
    const engine = new ProcessManagerEngine({ log: world.log, managers: [hangs], database: { connectionString: world.database.url } });
    await engine.start();
    await put('ann', '1');
    await eventually(() => began);
    await engine.stop();
    expect(await count('tries = 0')).toBe(1);
    await started(async () => undefined);
    await eventually(async () => (await count('delivered_at is not null')) === 1);
  });

  it('has only so many go through a bottleneck at once, the urgent ones first, and others beside them', async () => {
    const begun: string[] = [];
    let atOnce = 0;
    let mostAtOnce = 0;
    const deliver = async ({ receiver, channel: name }: Message): Promise<void> => {
      begun.push(receiver);
      if (name === 'hook') return;
      mostAtOnce = Math.max(mostAtOnce, (atOnce += 1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce -= 1;
    };
    const through = { atOnce: 2 };
    const channels = new OutboxChannels([
      channel({ name: 'notices', through, deliver }),
      channel({ name: 'sign-in', through, urgent: true, deliver }),
      channel({ name: 'hook', deliver }),
    ]);
    for (const receiver of ['ann', 'bo', 'cy', 'di', 'ed'])
      await outbox.put({ id: randomUUID(), channel: 'notices', receiver, content: 1 });
    for (const receiver of ['7', '8', '9']) await outbox.put({ id: randomUUID(), channel: 'sign-in', receiver, content: 1 });
    await outbox.put({ id: randomUUID(), channel: 'hook', receiver: 'shop', content: 1 });
    const unhurried = { ...patience, tryMs: 10_000 };
    const managers = [processManagerOfOutbox(channels, { entities, clock, patience: unhurried })];
    const engine = new ProcessManagerEngine({ log: world.log, managers, database: { connectionString: world.database.url } });
    engines.push(engine);
    await engine.start();
    await eventually(async () => (await count('delivered_at is not null')) === 9);
    expect(mostAtOnce).toBe(2);
    expect(begun.slice(0, 3).sort()).toEqual(['7', '8', 'shop']);
    expect(begun.indexOf('9')).toBeLessThan(begun.indexOf('bo'));
  });

  it('takes no channel with a name that cannot be kept, and no two of one name', () => {
    const deliver = (): Promise<void> => Promise.resolve();
    expect(() => channel({ name: 'E mail', deliver })).toThrow('E mail');
    expect(() =>
      processManagerOfOutbox(new OutboxChannels([channel({ name: 'mail', deliver }), channel({ name: 'mail', deliver })]), {
        entities,
        clock,
      }),
    ).toThrow('two channels');
  });
});
