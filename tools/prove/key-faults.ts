import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { KeyedRequest } from './keyed-request.js';
import type { KeysAndEvents } from './keys-and-events.js';
import type { Random } from './random.js';
import type { Member, TwoProcesses } from './two-processes.js';

const cuts = ['cutBeforeRequest', 'cutBeforeReply'] as const;

/** The statements of a keyed write, by the names that they have on the wire: where the log is elsewhere, its key is claimed before and not with the append. */
const statements = {
  PostgreSQL: ['log-append-', 'log-append-', 'answer-idempotency-keys', 'read-idempotency-keys'],
  EventStoreDB: ['claim-idempotency-keys', 'answer-idempotency-keys', 'read-idempotency-keys'],
} as const;

/** What breaks while keys are asked for: one kill a round, and connections all the time. */
export class KeyFaults {
  readonly count: Record<string, number> = {
    'kills at any moment': 0,
    'kills before a COMMIT': 0,
    'kills after a COMMIT, before its answer': 0,
    'connections cut before a COMMIT': 0,
    'connections cut after a COMMIT, before its answer': 0,
  };

  constructor(
    private readonly installation: TwoProcesses,
    private readonly random: Random,
  ) {
    if (installation.eventStore) {
      this.count['connections to the event store cut before it commits'] = 0;
      this.count['connections to the event store cut after it has committed'] = 0;
    }
  }

  /** Breaks things while `load` asks; returns when it has ended and everything runs again. */
  async during(requests: readonly KeyedRequest[], load: () => Promise<void>, audit: KeysAndEvents): Promise<void> {
    const { members, eventStore } = this.installation;
    const over = new AbortController();
    const victim = this.random.pick(members);
    const broken = [
      this.kill(victim, requests, over.signal, audit),
      ...members.filter((member) => member !== victim).map(({ proxy }) => this.cut({ proxy }, over.signal)),
      ...(eventStore ? [this.cutEventStore(over.signal)] : []),
    ];
    await Promise.all([load().finally(() => over.abort()), ...broken]);
    for (const { proxy } of members) proxy.pass();
    eventStore?.misbehave({ dropAfterCommit: 0, dropBeforeCommit: 0 });
  }

  /** Ends a process once some keys are answered: there and then, or with a statement of a keyed write on its way or just done. */
  private async kill({ server, proxy }: Member, requests: readonly KeyedRequest[], over: AbortSignal, audit: KeysAndEvents): Promise<void> {
    const enough = this.random.between(0, Math.floor(requests.length * 0.7));
    while (!over.aborted && requests.filter(({ answers }) => answers.length > 0).length < enough) await this.pause(1, over);
    const moment = this.random.pick(['any', ...cuts] as const);
    const reached = moment !== 'any' && (await this.cutOnce({ proxy }, moment, over));
    await server.end('SIGKILL');
    const when = !reached ? 'at any moment' : moment === 'cutBeforeRequest' ? 'before a COMMIT' : 'after a COMMIT, before its answer';
    this.counted(`kills ${when}`);
    proxy.pass();
    await audit.look();
    await server.start();
  }

  private async cut(member: Pick<Member, 'proxy'>, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.pause(this.random.between(5, 150), over);
      const moment = this.random.pick(cuts);
      if (await this.cutOnce(member, moment, over))
        this.counted(`connections cut ${moment === 'cutBeforeRequest' ? 'before a COMMIT' : 'after a COMMIT, before its answer'}`);
    }
  }

  /** False when the load was over before that moment came. */
  private async cutOnce({ proxy }: Pick<Member, 'proxy'>, moment: (typeof cuts)[number], over: AbortSignal): Promise<boolean> {
    if (over.aborted) return false;
    const statement = this.random.pick(statements[this.installation.place]);
    const happened = proxy[moment]((request) => request.includes(statement)).then(() => true);
    const settled = new AbortController();
    const ended = once(over, 'abort', { signal: settled.signal }).then(
      () => false,
      () => false,
    );
    return Promise.race([happened, ended]).finally(() => settled.abort());
  }

  private async cutEventStore(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      await this.pause(this.random.between(50, 400), over);
      if (over.aborted) return;
      const after = this.random.next() < 0.5;
      this.installation.eventStore?.misbehave(after ? { dropAfterCommit: 1 } : { dropBeforeCommit: 1 });
      this.counted(`connections to the event store cut ${after ? 'after it has committed' : 'before it commits'}`);
    }
  }

  /** The pause is a choice of the proof, not a wait for something: faults must fall at arbitrary moments of the load. */
  private async pause(ms: number, over: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal: over }).catch(() => undefined);
  }

  private counted(fault: string): void {
    this.count[fault] = (this.count[fault] ?? 0) + 1;
  }
}
