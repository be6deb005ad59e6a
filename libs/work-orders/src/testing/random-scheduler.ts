/** Who takes turns. A stopped actor keeps its place and wakes up later; a dead one never does. */
export type Actor = { readonly name: string; stoppedUntil: number; dead: boolean };

export const newActor = (name: string): Actor => ({ name, stoppedUntil: 0, dead: false });

type Waiting = Readonly<{ actor: Actor; ready: () => boolean; resume: () => void; dismiss: (reason: Error) => void }>;

const most = 20_000;

/**
 * Decides at every step who goes on: concurrency without time, so that every run can be repeated from its seed.
 * Actors say `await turn(…)` wherever a real one would wait for a network.
 */
export class RandomScheduler {
  private waiting: Waiting[] = [];
  private dead: Waiting[] = [];
  private dismissed: Error | undefined;
  step = 0;

  constructor(private seed: number) {}

  /** A whole number from 0 to below `limit` (mulberry32). */
  random(limit: number): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % limit;
  }

  /** Waits to be chosen; only while `ready` says so. */
  turn(actor: Actor, ready: () => boolean = () => true): Promise<void> {
    if (this.dismissed) return Promise.reject(this.dismissed);
    return new Promise((resume, dismiss) => this.waiting.push({ actor, ready, resume, dismiss }));
  }

  /** Sends everybody home who waits for a turn, or asks for one later: what they hold open ends with it. */
  dismissAll(): void {
    this.dismissed = new Error('the play is over');
    for (const { dismiss } of [...this.waiting.splice(0), ...this.dead.splice(0)]) dismiss(this.dismissed);
  }

  /** Lets those that `may` take turns until none of them can go on. */
  async run(may: (actor: Actor) => boolean, beforeStep: () => void = () => undefined): Promise<void> {
    for (;;) {
      beforeStep();
      this.dead.push(...this.waiting.filter(({ actor }) => actor.dead));
      this.waiting = this.waiting.filter(({ actor }) => !actor.dead);
      const ready = this.waiting.filter((entry) => may(entry.actor) && entry.ready());
      const awake = ready.filter(({ actor }) => actor.stoppedUntil <= this.step);
      const chosen = awake.length > 0 ? awake[this.random(awake.length)] : ready[0];
      if (!chosen) return;
      if (++this.step > most) throw new Error(`no rest after ${most} steps`);
      this.waiting.splice(this.waiting.indexOf(chosen), 1);
      chosen.resume();
      await new Promise(setImmediate);
    }
  }
}
