import type { Event } from '../event.js';
import type { Stream } from '../decider.js';
import type { SiteOfTimer, Timer } from '../process-managers/timer.js';
import { streamName } from '../stream-name.js';
import { MovedClock } from './moved-clock.js';
import { TrialLog, type Appended } from './trial-log.js';

/** Tries a timer without a database: given what happened on a stream, when it is some time, then this is appended. */
export class TimerTrial {
  private readonly log = new TrialLog();
  private readonly decided = new Map<number, number>();
  private readonly ids = new Set<number>();
  private site: SiteOfTimer = { timeZone: 'Etc/UTC', archivedAt: undefined, revision: 0 };

  constructor(private readonly timer: Timer) {}

  /** The site was archived at that instant (RFC 3339), or is no more, by the event of that revision in its stream. */
  siteIs(archivedAt: string | undefined, revision: number): this {
    this.site = { ...this.site, archivedAt: archivedAt === undefined ? undefined : new Date(archivedAt), revision };
    return this;
  }

  given<State, E extends Event>({ category }: Stream<State, E>, id: number, ...events: readonly E[]): this {
    if (category !== this.timer.category) throw new Error(`${this.timer.name} is no timer of ${category}`);
    for (const event of events) this.log.record(streamName(category, id), event);
    this.ids.add(id);
    return this;
  }

  /** It is that instant (RFC 3339): what was due until then is raised, the earliest first. */
  async at(now: string): Promise<Appended> {
    const before = this.log.length;
    const clock = new MovedClock(now);
    const world = { clock, events: this.log.events(), siteOf: () => Promise.resolve(this.site) };
    const origin = { entityId: 1, customerId: 1, correlationId: 'correlation', causationId: 'cause' };
    for (;;) {
      const due: { id: number; at: Date }[] = [];
      for (const id of this.ids) {
        const at = (await this.timer.dueOf(id, world)).due;
        if (at && at <= clock.now() && this.decided.get(id) !== at.getTime()) due.push({ id, at });
      }
      const first = due.sort((one, other) => one.at.getTime() - other.at.getTime())[0];
      if (!first) return this.log.since(before);
      const { decided } = await this.timer.raise(first.id, first.at, origin, world);
      if (decided) this.decided.set(first.id, first.at.getTime());
    }
  }
}
