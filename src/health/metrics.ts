import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What `GET /metrics` shows. Injected by class; whoever has something to count does it here. */
export class Metrics {
  readonly registry = new Registry();

  readonly httpDuration = new Histogram({
    name: 'millwright_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer, by route.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [this.registry],
  });

  readonly appends = new Counter({
    name: 'millwright_appends_total',
    help: 'Appends to the event log, by outcome.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  readonly appendedEvents = new Counter({
    name: 'millwright_appended_events_total',
    help: 'Events this process has appended.',
    registers: [this.registry],
  });

  readonly appendDuration = new Histogram({
    name: 'millwright_append_duration_seconds',
    help: 'Until an append was durable.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5],
    registers: [this.registry],
  });

  readonly readStatements = new Counter({
    name: 'millwright_read_statements_total',
    help: 'SQL statements that read the read models; beginning and ending a snapshot is not counted.',
    registers: [this.registry],
  });

  readonly lostCallLines = new Counter({
    name: 'millwright_api_call_lines_lost_total',
    help: 'Lines of the log of calls that could not be stored. More than none is an alarm.',
    registers: [this.registry],
  });

  readonly lagEvents = new Gauge({
    name: 'millwright_projection_lag_events',
    help: 'Events in the log that a projection has still to see.',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly lagSeconds = new Gauge({
    name: 'millwright_projection_lag_seconds',
    help: 'Age of the oldest event that a projection has still to see.',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly parkedStreams = new Gauge({
    name: 'millwright_parked_streams',
    help: 'Streams a projection could not fold any further. More than none is an alarm.',
    labelNames: ['projection'] as const,
    registers: [this.registry],
  });

  readonly processManagerLag = this.processManagerGauge('lag_events', 'Events in the log whose effects are still to be done.');
  readonly unfinishedEvents = this.processManagerGauge('unfinished_events', 'Events a process manager works on at this moment.');
  readonly stuckEvents = this.processManagerGauge(
    'stuck_events',
    'Events, due instants and messages that failed several times. More than none is an alarm.',
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  private processManagerGauge(name: string, help: string): Gauge<'process_manager'> {
    return new Gauge({
      name: `millwright_process_manager_${name}`,
      help,
      labelNames: ['process_manager'] as const,
      registers: [this.registry],
    });
  }
}
