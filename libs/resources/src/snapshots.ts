import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { currentContext, runInContext, surroundingContext, type CommandContext } from '#millwright/event-sourcing';

type WithSnapshot = CommandContext & Readonly<{ snapshot?: QueryRunner }>;

/** The connection on which everything that belongs to the current answer is read; undefined where each statement stands for itself. */
export function currentSnapshot(): QueryRunner | undefined {
  const context: WithSnapshot | undefined = surroundingContext();
  return context?.snapshot;
}

/** Reads that belong together: all of them see one state of the read models, which is what they were after some event of the log. */
@Injectable()
export class Snapshots {
  constructor(private readonly database: DataSource) {}

  /** Has every statement that `work` sends to the read database answered from one snapshot. Inside of another, from that one. */
  async of<Result>(work: () => Promise<Result>): Promise<Result> {
    if (currentSnapshot()) return work();
    const snapshot = this.database.createQueryRunner();
    try {
      await snapshot.query('START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const context: WithSnapshot = { ...currentContext(), snapshot };
      const result = await runInContext(context, work);
      await snapshot.query('COMMIT');
      return result;
    } catch (error) {
      // Nothing was written; whoever comes next must not find the transaction open.
      await snapshot.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await snapshot.release();
    }
  }
}
