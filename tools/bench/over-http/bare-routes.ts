import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Measurement } from '../line.js';
import { processorTime } from '../processor-time.js';
import { connections, connectionsTo, measure, sendThrough, type ApiRequest, type Target } from './target.js';

const frameworks = ['fastify', 'node:http'] as const;

/** How many bytes are sent back and forth decides much of what a route costs: `answer` is one of the product's own. */
export async function bareRoutes(
  name: string,
  request: ApiRequest,
  answer: string,
  place: Readonly<{ seconds: number; postgresPid: number }>,
): Promise<Measurement[]> {
  const lines: Measurement[] = [];
  for (const framework of frameworks) {
    const child = fork(fileURLToPath(new URL('./bare-server.js', import.meta.url)), [framework]);
    try {
      child.send(JSON.parse(answer) as object);
      const [{ port }] = (await once(child, 'message')) as [{ port: number }];
      const { target, close } = targetOf(child, port, place.postgresPid);
      const { load, cost } = await measure(target, {
        seconds: place.seconds,
        callers: connections,
        warmUp: () => request,
        request: () => request,
      }).finally(close);
      lines.push({
        name: `probe: ${name} on bare ${framework}`,
        unit: 'requests/s',
        value: load.perSecond,
        probe: null,
        budget: { none: true },
        cost: { ...cost, processor: { ...cost.processor, postgres: null } },
      });
    } finally {
      child.kill('SIGKILL');
    }
  }
  return lines;
}

function targetOf(child: ChildProcess, port: number, postgresPid: number): Readonly<{ target: Target; close: () => Promise<void> }> {
  const pool = connectionsTo(`http://127.0.0.1:${port}`);
  const send = (request: ApiRequest): Promise<string> => sendThrough(pool, request, 'none');
  const metrics = (): Promise<string> => send({ method: 'GET', path: '/metrics' });
  const target = {
    send,
    settled: () => Promise.resolve(),
    processorTime: () => processorTime({ pid: child.pid ?? 0, metrics }, postgresPid),
  };
  return { target, close: () => pool.close() };
}
