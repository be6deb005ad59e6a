import type { DataSource } from 'typeorm';
import type { Engine, EngineStatus } from '../engine.js';

/** `degraded` serves everything, but a stream is parked or a worker struggles; `unavailable` cannot serve, and says why. */
export type Readiness = Readonly<{
  status: 'ok' | 'degraded' | 'unavailable';
  /** Why it is not `ok`, for a person. */
  reasons: readonly string[];
  details?: EngineStatus;
}>;

const patienceMilliseconds = 1_500;

/** Whether this process can do its work. Injected by class. */
export class Health {
  private stopping = false;
  /** One look serves everybody who asks while it is under way: the question is free to ask, so it must be cheap to answer. */
  private looking: Promise<Readiness> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly engine: Engine,
  ) {}

  /** From now on not ready: load balancers send their requests elsewhere. */
  beginStopping(): void {
    this.stopping = true;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  ready(): Promise<Readiness> {
    if (this.stopping) return Promise.resolve({ status: 'unavailable', reasons: ['this process is stopping'] });
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async look(): Promise<Readiness> {
    const [database, log] = await Promise.all([
      answers('the database', this.dataSource.query('SELECT 1')),
      answers('the event log', this.engine.log.head()),
    ]);
    const details = await this.engine.status().catch(() => undefined);
    const down = [...database, ...log, ...(details?.stopped ?? [])];
    const struggling = details?.struggling ?? [];
    const status = down.length > 0 ? 'unavailable' : struggling.length > 0 ? 'degraded' : 'ok';
    return { status, reasons: [...down, ...struggling], ...(details ? { details } : {}) };
  }
}

/** Nothing when it answers in time, else what to say about it. */
async function answers(what: string, question: Promise<unknown>): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string[]>(
    (resolve) => (timer = setTimeout(() => resolve([`${what} does not answer`]), patienceMilliseconds)),
  );
  const answered = question.then(
    () => [],
    () => [`${what} cannot be reached`],
  );
  return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}
