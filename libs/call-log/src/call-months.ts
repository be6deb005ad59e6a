import pg from 'pg';

const dayMs = 86_400_000;
/** After a failure (somebody reads the log of calls for long) it is tried again sooner. */
const againMs = 600_000;

export type CallMonthsOptions = Readonly<{
  /** Of the role that owns the tables. */
  ownerUrl: string;
  keptDays: number;
  onFault: (fault: unknown) => void;
}>;

/** Makes the months that lines are to be stored in, and drops those that are old enough: at the start, and once a day. Any number of processes may. */
export class CallMonths {
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(private readonly options: CallMonthsOptions) {}

  /** Nest calls this before the first request. There are months enough for now: a failure stops nobody. */
  async onApplicationBootstrap(): Promise<void> {
    const worked = await this.tend().then(
      () => true,
      (fault: unknown) => {
        this.options.onFault(fault);
        return false;
      },
    );
    if (!this.isOver) this.timer = setTimeout(() => void this.onApplicationBootstrap(), worked ? dayMs : againMs).unref();
  }

  onApplicationShutdown(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  async tend(): Promise<void> {
    const owner = new pg.Client({ connectionString: this.options.ownerUrl, connectionTimeoutMillis: 5_000 });
    owner.on('error', () => undefined); // a connection that breaks is reported by its statement
    await owner.connect();
    try {
      await owner.query('SELECT app.tend_api_calls($1)', [this.options.keptDays]);
    } finally {
      await owner.end();
    }
  }
}
