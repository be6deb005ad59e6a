import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Event, Position, RecordedEvent } from '../event.js';
import { PositionNotReached } from '../projections/position-waiters.js';
import { eventually, World, type Counted } from '../projections/testing/world.js';
import type { ProcessManager } from './process-manager.js';
import { ProcessManagerEngine } from './process-manager-engine.js';

const soon = { timeout: 120_000 };

/** A door that lets effects through only when opened. */
class Gate {
  private open: () => void = () => undefined;
  readonly passed = new Promise<void>((resolve) => (this.open = resolve));
  release(): void {
    this.open();
  }
}

describe('process managers', () => {
  let world: World;
  const engines: ProcessManagerEngine[] = [];
  const children: ChildProcess[] = [];
  beforeEach(async () => (world = await World.create()));
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(engines.splice(0).map((engine) => engine.stop()));
    await world.end();
  });

  const manager = (
    handle: (event: RecordedEvent<Counted>) => Promise<void>,
    startsAt: 'head' | 'beginning' = 'beginning',
  ): ProcessManager => ({
    name: 'packer',
    categories: ['box', 'bag'],
    startsAt,
    handle: (event: RecordedEvent<Event>) => handle(event as RecordedEvent<Counted>),
  });
  const started = async (...managers: ProcessManager[]): Promise<ProcessManagerEngine> => {
    const engine = new ProcessManagerEngine({ log: world.log, managers, database: { connectionString: world.database.url }, atOnce: 4 });
    engines.push(engine);
    await engine.start();
    return engine;
  };
  const checkpoint = async (): Promise<Position> =>
    BigInt((await world.rows<{ checkpoint: string }>('select checkpoint::text from app.process_managers'))[0]?.checkpoint ?? -1);

  it('handle one stream strictly in order and streams side by side, a bounded number at once', async () => {
    const handled = new Map<string, number[]>();
    const underWay = new Set<string>();
    let most = 0;
    let position = 0n;
    for (let round = 0; round < 10; round++)
      for (let stream = 0; stream < 8; stream++) position = await world.append(`box-${stream}`, 1, 2, 3);
    const engine = await started(
      manager(async ({ stream, revision }) => {
        expect(underWay.has(stream)).toBe(false);
        underWay.add(stream);
        most = Math.max(most, underWay.size);
        await new Promise((resolve) => setImmediate(resolve));
        handled.set(stream, [...(handled.get(stream) ?? []), revision]);
        underWay.delete(stream);
      }),
    );
    await engine.waitFor('packer', position, soon);
    await eventually(async () => (await checkpoint()) === position);
    expect([...handled.values()]).toEqual(Array.from({ length: 8 }, () => Array.from({ length: 30 }, (_, revision) => revision)));
    expect(most).toBe(4);
  });

  it('answer for one event while an earlier one is still under way, and keep the checkpoint before that', async () => {
    const gate = new Gate();
    const engine = await started(manager(({ stream }) => (stream === 'box-1' ? gate.passed : Promise.resolve())));
    const held = await world.append('box-1', 1);
    const later = await world.append('box-2', 1);
    await engine.waitFor('packer', later, soon);
    await expect(engine.waitFor('packer', held, { timeout: 30 })).rejects.toThrow(PositionNotReached);
    expect((await engine.status())[0]).toMatchObject({ state: 'working', checkpoint: 0n, lagEvents: 2, unfinished: 1, stuck: [] });
    gate.release();
    await engine.waitFor('packer', held, soon);
    await eventually(async () => (await checkpoint()) === later);
  });

  it('pass what is no concern of theirs, also for those who wait in another process', async () => {
    const engine = await started(manager(async () => undefined));
    const other = await started(manager(async () => undefined));
    const position = await world.append('comet-1', 1);
    await Promise.all([engine.waitFor('packer', position, soon), other.waitFor('packer', position, soon)]);
    expect((await other.status())[0]).toMatchObject({ state: 'standing by', lagEvents: 0 });
    await expect(other.waitFor('nobody', 1n)).rejects.toThrow('there is no process manager nobody');
  });

  it('begin at the head or at the beginning, and after a restart where they were', async () => {
    const seen: number[] = [];
    const note = async ({ data }: RecordedEvent<Counted>): Promise<void> => void seen.push(data.amount);
    await world.append('box-1', 1);
    const first = await started(manager(note, 'head'));
    await first.waitFor('packer', await world.append('box-1', 2), soon);
    await first.stop();
    engines.splice(0);
    const whileAway = await world.append('box-1', 3);
    const second = await started(manager(note, 'head'));
    await second.waitFor('packer', whileAway, soon);
    expect(seen).toEqual([2, 3]);
  });

  it('try again without end, raise an alarm, and hold up nothing but the stream', async () => {
    let mended = false;
    const seen: string[] = [];
    const engine = await started(
      manager(async ({ stream, revision }) => {
        if (stream === 'box-1' && !mended) throw new Error('the part is busy');
        seen.push(`${stream} ${revision}`);
      }),
    );
    const stuck = await world.append('box-1', 1, 2);
    await engine.waitFor('packer', await world.append('box-2', 1, 2), soon);
    await eventually(async () => ((await engine.status())[0]?.stuck.length ?? 0) > 0);
    expect((await engine.status())[0]?.stuck).toMatchObject([{ stream: 'box-1', position: 1n, error: 'the part is busy' }]);
    expect(await checkpoint()).toBe(0n);
    mended = true;
    await engine.waitFor('packer', stuck, soon);
    await eventually(async () => (await checkpoint()) === 4n);
    expect(seen).toEqual(['box-2 0', 'box-2 1', 'box-1 0', 'box-1 1']);
    expect((await engine.status())[0]?.stuck).toEqual([]);
  });

  it('go on after the connections were cut, without leaving out anything', async () => {
    const seen = new Set<Position>();
    const engine = await started(manager(async ({ position }) => void seen.add(position)));
    for (let round = 0; round < 4; round++) {
      await engine.waitFor('packer', await world.append('box-1', 1, 2, 3), soon);
      await world.cutConnections(round % 2 === 0 ? 'all' : 'worker locks');
    }
    await engine.waitFor('packer', await world.append('box-1', 4), soon);
    expect(seen.size).toBe(13);
  });

  it('never move a checkpoint back', async () => {
    const engine = await started(manager(async () => undefined));
    await engine.waitFor('packer', await world.append('box-1', 1), soon);
    await eventually(async () => (await checkpoint()) === 1n);
    await world.rows(`update app.process_managers set checkpoint = 1000`); // as a worker that was faster would have
    await engine.waitFor('packer', await world.append('box-1', 2), soon);
    await engine.stop();
    engines.splice(0);
    expect(await checkpoint()).toBe(1000n);
  });

  it('are worked by one process at a time, and by another soon after that one is killed', async () => {
    const script = 'libs/event-sourcing/src/process-managers/testing/worker-process.ts';
    const child = spawn(process.execPath, ['--import', './test/harness/typescript.mjs', script, world.database.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout });
    expect(await once(lines, 'line')).toEqual(['working']);
    const seen: number[] = [];
    const engine = await started(manager(async ({ data }) => void seen.push(data.amount)));
    const first = await world.append('box-1', 1);
    await engine.waitFor('packer', first, soon);
    expect(seen).toEqual([]);
    child.kill('SIGKILL');
    await engine.waitFor('packer', await world.append('box-1', 2), soon);
    expect(seen).toEqual([2]);
  });
});
