import { Rejection } from '#millwright/event-sourcing';

/** Whoever wants something hashed: from where, and what must not be tried twice at once. */
export type Asker = Readonly<{ address: string; pair?: string }>;

type Waiting = Readonly<{ asker: Asker; begin: () => void }>;

/** What hashing may cost: two cores' worth at a time, and nobody waits long (contract, part 4, section 1 and S15). */
const most = { atOnce: 2, waiting: 20, waitingOfAddress: 4 };

/** Lets passwords be hashed a few at a time, so that signing in stalls nobody else; one address cannot fill the queue for all. */
export class HashingQueue {
  private readonly running = new Set<Asker>();
  private readonly waiting: Waiting[] = [];

  /** @throws Rejection RATE_LIMIT_EXCEEDED (with `retry_after_seconds`) 20 wait already, or four of this address; and what `work` throws */
  async run<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
    if (this.mayBegin(asker)) this.running.add(asker);
    else await this.turn(asker);
    try {
      return await work();
    } finally {
      this.running.delete(asker);
      this.beginNext();
    }
  }

  private turn(asker: Asker): Promise<void> {
    const ofAddress = this.waiting.filter((other) => other.asker.address === asker.address).length;
    if (this.waiting.length >= most.waiting || ofAddress >= most.waitingOfAddress)
      throw new Rejection('RATE_LIMIT_EXCEEDED', 'Too many are signing in at this moment; please try again.', [], {
        retry_after_seconds: 1,
      });
    return new Promise((resolve) => {
      const begin = (): void => {
        this.running.add(asker);
        resolve();
      };
      this.waiting.push({ asker, begin });
    });
  }

  /** Two tries of one pair come one after the other: the second is told if the first was one too many. */
  private mayBegin({ pair }: Asker): boolean {
    return this.running.size < most.atOnce && (pair === undefined || ![...this.running].some((other) => other.pair === pair));
  }

  private beginNext(): void {
    const next = this.waiting.findIndex(({ asker }) => this.mayBegin(asker));
    const [found] = next < 0 ? [] : this.waiting.splice(next, 1);
    if (!found) return;
    found.begin();
    this.beginNext();
  }
}
