import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { CatchUp } from './catch-up.js';
import type { ProjectionRunner } from './projection-runner.js';
import type { Stretch } from './stretch.js';

const eventsInLog = 6_000;
const eventAt = (position: number): RecordedEvent => ({ position: BigInt(position), stream: 'x-1' }) as RecordedEvent;
const log = {
  readAll: async (after: Position, limit: number) =>
    Array.from({ length: Math.min(limit, eventsInLog - Number(after)) }, (_, index) => eventAt(Number(after) + index + 1)),
} as unknown as EventLog;

/** Takes what it is given, and remembers whether anything was left out. */
class Listener {
  received: Position = 0n;
  stopped = false;
  failure: string | undefined;
  readonly gaps: Position[] = [];
  room = (): Promise<void> => Promise.resolve();
  reachedHead = (): void => undefined;

  offer({ events, upTo }: Stretch): void {
    const next = events.find(({ position }) => position > this.received);
    if (next && next.position !== this.received + 1n) this.gaps.push(next.position);
    if (upTo > this.received) this.received = upTo;
  }

  get runner(): ProjectionRunner {
    return this as unknown as ProjectionRunner;
  }
}

describe('catching up together', () => {
  it('leaves nothing out for one that begins again while its party waits for a slower one', async () => {
    const [quick, slow] = [new Listener(), new Listener()];
    let proceed: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (proceed = resolve));
    const waiting = new Promise<void>((resolve) => {
      slow.room = () => {
        resolve();
        return held;
      };
    });
    const arrived = new Set<ProjectionRunner>();
    const everybody = new Promise<void>((resolve) => {
      for (const listener of [quick, slow])
        listener.reachedHead = () => {
          if (arrived.add(listener.runner).size === 2) resolve();
        };
      const catchUp = new CatchUp(log, new AbortController().signal, () => undefined);
      catchUp.add(slow.runner);
      catchUp.add(quick.runner);
      void waiting.then(() => {
        quick.received = 0n;
        catchUp.add(quick.runner);
        proceed();
      });
    });
    await everybody;
    expect([quick.gaps, slow.gaps]).toEqual([[], []]);
    expect([quick.received, slow.received]).toEqual([BigInt(eventsInLog), BigInt(eventsInLog)]);
  });
});
