import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { RequestScope } from '#millwright/access';
import type { StreamedAnswer } from '#millwright/resources';
import { admittedForMs } from './still-admitted.js';

const ndjson = 'application/x-ndjson; charset=utf-8';

/** @throws Rejection RATE_LIMIT_EXCEEDED. What fails on the way ends the connection, for the status is gone already; and so does whatever would refuse the same request now. */
export async function streamed({ rows }: StreamedAnswer, reply: FastifyReply): Promise<FastifyReply> {
  const { request, server } = reply;
  const end = await server.beginExport(request);
  let { scope } = request;
  const now = (): RequestScope => {
    if (!scope) throw new Error('an export was asked for by nobody');
    return scope;
  };
  const lines = Readable.from(linesOf(rows(now)));
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    server.admitAnew(request).then(
      (admitted) => {
        scope = admitted;
        asking = false;
      },
      (refusal: unknown) => lines.destroy(refusal instanceof Error ? refusal : new Error(String(refusal))),
    );
  }, admittedForMs);
  lines.once('close', () => {
    clearInterval(timer);
    end();
  });
  return reply.type(ndjson).send(lines);
}

async function* linesOf(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  let count = 0;
  for await (const page of pages) {
    count += page.length;
    if (page.length > 0) yield `${page.map((row) => JSON.stringify(row)).join('\n')}\n`;
  }
  yield `${JSON.stringify({ end: true, count })}\n`;
}
