import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { beginSnapshot, currentContext, runInContext, surroundingContext, type CommandContext } from '#millwright/event-sourcing';

type InMoment = CommandContext & Readonly<{ moment?: Moment }>;

/** The moment that everything in the current answer is read as of; undefined where each statement stands for itself. */
export function currentMoment(): Moment | undefined {
  const context: InMoment | undefined = surroundingContext();
  return context?.moment;
}

/** One state of the read models, which is what they were after some event of the log: that of the first statement that is read as of it. */
class Moment {
  private taken: Promise<QueryRunner> | undefined;

  constructor(private readonly take: () => Promise<QueryRunner>) {}

  /** The connection on which the state is seen. */
  snapshot(): Promise<QueryRunner> {
    return (this.taken ??= this.take());
  }

  /** What is read from here on is read as of a later moment. */
  async over(): Promise<void> {
    const snapshot = await this.taken?.catch(() => undefined);
    this.taken = undefined;
    // Nothing was written, and a connection on which this fails is given up.
    await snapshot?.query('COMMIT').catch(() => undefined);
    await snapshot?.release();
  }
}

/** Reads that belong together: all of them see one state of the read models. */
@Injectable()
export class Snapshots {
  constructor(private readonly database: DataSource) {}

  /**
   * Has every statement that `work` sends to the read database answered as of one moment. Inside of another, as of that one.
   * @param before what has to be waited for before the moment begins; not waited for where nothing is read
   */
  async of<Result>(work: () => Promise<Result>, before?: () => Promise<void>): Promise<Result> {
    if (currentMoment()) return work();
    const moment = new Moment(async () => {
      await before?.();
      return this.take();
    });
    const context: InMoment = { ...currentContext(), moment };
    try {
      return await runInContext(context, work);
    } finally {
      await moment.over();
    }
  }

  private async take(): Promise<QueryRunner> {
    const snapshot = this.database.createQueryRunner();
    try {
      await snapshot.query(beginSnapshot);
      return snapshot;
    } catch (error) {
      await snapshot.release();
      throw error;
    }
  }
}
