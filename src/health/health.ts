import type { DataSource } from 'typeorm';
import type { Engine, EngineStatus } from '../engine/engine.js';

/** `degraded` answers, but a stream is parked, a worker struggles or the disk is too full to write; `unavailable` cannot serve, and says why. */
export type Readiness = Readonly<{
  status: 'ok' | 'degraded' | 'unavailable';
  /** Why it is not `ok`, for a person. */
  reasons: readonly string[];
  log?: Readonly<{ position: string }>;
  projections?: EngineStatus['projections'];
  process_managers?: EngineStatus['process_managers'];
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
    private readonly disk: Readonly<{ scarceMegabytes: number | undefined }>,
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
      answer('the database', this.dataSource.query('SELECT 1')),
      answer('the event log', this.engine.log.head()),
    ]);
    const unanswered = [database, log].flatMap((it) => ('problem' in it ? [it.problem] : []));
    if (unanswered.length > 0 || 'problem' in log) return { status: 'unavailable', reasons: unanswered };
    const { stopped, struggling, ...workers } = await this.engine.status();
    const { scarceMegabytes } = this.disk;
    const full = scarceMegabytes === undefined ? [] : [`writes are refused: the disk of DATA_DIR has only ${scarceMegabytes} MB left`];
    const weak = [...full, ...struggling];
    const status = stopped.length > 0 ? 'unavailable' : weak.length > 0 ? 'degraded' : 'ok';
    return { status, reasons: [...stopped, ...weak], log: { position: String(log.value) }, ...workers };
  }
}

/** What was answered in time, or what to say when nothing was. */
async function answer<T>(what: string, question: Promise<T>): Promise<{ value: T } | { problem: string }> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<{ problem: string }>((resolve) => {
    timer = setTimeout(() => resolve({ problem: `${what} does not answer` }), patienceMilliseconds);
  });
  const answered = question.then(
    (value) => ({ value }),
    () => ({ problem: `${what} cannot be reached` }),
  );
  return Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}
