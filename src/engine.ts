import { PostgresLog, type EventLog } from '#millwright/event-sourcing';
import type { Configuration } from './config.js';
import type { Databases } from './databases.js';
import { MeasuredLog } from './health/measured-log.js';
import type { Metrics } from './health/metrics.js';

/** What the workers behind the log are doing. Times in milliseconds. */
export type EngineStatus = Readonly<{
  log: Readonly<{ position: string }>;
  projections: readonly Readonly<{ name: string; position: string; lag_events: number; lag_ms: number; parked_streams: number }>[];
  /** What does not run at all, for a person. */
  stopped: readonly string[];
  /** What runs, but needs somebody to look at it, for a person. */
  struggling: readonly string[];
}>;

/** The log and everything that works on it, in the order it starts and, backwards, stops. Injected by class. */
export class Engine {
  readonly log: EventLog;

  constructor(configuration: Configuration, databases: Databases, metrics: Metrics) {
    void configuration;
    this.log = new MeasuredLog(new PostgresLog({ url: databases.appUrl }), metrics);
  }

  async start(): Promise<void> {}

  async status(): Promise<EngineStatus> {
    return { log: { position: String(await this.log.head()) }, projections: [], stopped: [], struggling: [] };
  }

  async stop(): Promise<void> {
    await this.log.close();
  }
}
