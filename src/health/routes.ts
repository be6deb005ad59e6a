import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine/engine.js';
import type { Health } from './health.js';
import type { Insight } from './insight.js';
import type { Metrics } from './metrics.js';

export type Observed = Readonly<{ health: Health; metrics: Metrics; engine: Engine; insight: Insight }>;

/**
 * Health and metrics stand outside Nest: no site and no envelope, and they answer when everything behind them is broken.
 * `retryAfterSeconds` tells whoever asks too early when to ask again.
 */
export function addHealthRoutes(server: FastifyInstance, { health, metrics, engine, insight }: Observed): void {
  const retryAfterSeconds = '1';

  server.get('/health/live', async () => ({ status: 'ok' }));

  server.get('/health/ready', async ({ headers }, reply) => {
    const [readiness, seesInside] = await Promise.all([health.ready(), insight(headers)]);
    const { status } = readiness;
    if (status === 'unavailable') void reply.code(503).header('retry-after', retryAfterSeconds);
    return reply.send(seesInside ? readiness : { status });
  });

  server.get('/metrics', async (_request, reply) => {
    await engine.measure(metrics);
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  server.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) };
    metrics.httpDuration.observe(labels, reply.elapsedTime / 1_000);
    done();
  });

  // While we stop, every answer takes its connection along, so that no client sends a request into a closing one.
  server.addHook('onSend', (_request, reply, _payload, done) => {
    if (health.isStopping) void reply.header('connection', 'close');
    done();
  });
}
