import { once } from 'node:events';
import { connect } from 'node:net';
import type { ServerProcess } from '../server-process.js';

/** Sends a whole PATCH request and breaks the connection before its answer can arrive, as a client does that is killed or loses its network. */
export async function cutConnectionAfterSending(
  { url, key }: ServerProcess,
  path: string,
  body: unknown,
  idempotencyKey: string,
): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const text = JSON.stringify(body);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const head = [
    `PATCH /api/v1${path} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${key}`,
    'x-entity-id: 1',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    `idempotency-key: ${idempotencyKey}`,
  ].join('\r\n');
  await new Promise<void>((resolve, reject) => socket.write(`${head}\r\n\r\n${text}`, (error) => (error ? reject(error) : resolve())));
  socket.resetAndDestroy();
}
