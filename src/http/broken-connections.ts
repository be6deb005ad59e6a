import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Rejection } from '#millwright/event-sourcing';
import { publishedErrorOf } from '../errors/published-error.js';
import { errorBody, json } from './envelope.js';
import { requestIdOf } from './request-headers.js';
import { securityHeadersOf } from './security-headers.js';

type Begun = Readonly<{ id: string; request: IncomingMessage; reply: ServerResponse }>;
/** The last request that came in over a connection, and those before it which were not answered by then. */
type Latest = Begun & Readonly<{ before: readonly Begun[] }>;

const reasons = new Map<string | undefined, string>([
  ['HPE_HEADER_OVERFLOW', 'the headers are too large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'the request took too long to arrive'],
]);

/** Connections on which something comes that is no HTTP: answered in the envelope all the same, on the bare socket. */
export class BrokenConnections {
  private readonly latest = new WeakMap<Socket, Latest>();

  /** A hook of Fastify, before anything else is done about a request. */
  readonly begin = ({ id, raw: request }: FastifyRequest, { raw: reply }: FastifyReply, done: () => void): void => {
    const last = this.latest.get(request.socket);
    this.latest.set(request.socket, { id, request, reply, before: last ? underWay(last) : none });
    done();
  };

  /** A hook of Fastify, once a request is answered: nothing of it is held for as long as its connection is idle. */
  readonly end = ({ raw: request }: FastifyRequest, { raw: reply }: FastifyReply, done: () => void): void => {
    if (this.latest.get(request.socket)?.reply === reply) this.latest.delete(request.socket);
    done();
  };

  /**
   * Whatever came in whole before is answered first, for it may have been done. What broke off in its body has the id that its line in the log of calls has;
   * anything else has neither method nor route, and no line.
   */
  readonly answer = (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const latest = this.latest.get(socket);
    const whole = latest ? underWay(latest).filter(({ request }) => request.complete) : none;
    const id = latest?.request.complete === false ? latest.id : requestIdOf(undefined);
    const answered = whole.map(({ reply }) => new Promise<void>((resolve) => void reply.once('close', resolve)));
    void Promise.all(answered).then(() => answerMalformed(socket, id, error.code));
  };
}

const none: readonly Begun[] = [];
const isUnderWay = ({ reply }: Begun): boolean => !reply.writableFinished && !reply.destroyed;

function underWay(latest: Latest): readonly Begun[] {
  if (latest.before.length > 0) return [...latest.before, latest].filter(isUnderWay);
  return isUnderWay(latest) ? [latest] : none;
}

function answerMalformed(socket: Socket, id: string, code: string | undefined): void {
  if (!socket.writable) return void socket.destroy();
  const published = publishedErrorOf(new Rejection('MALFORMED_REQUEST', reasons.get(code) ?? 'the request is not HTTP'));
  const body = JSON.stringify(errorBody(published, id));
  const headers = {
    ...{ 'Content-Type': json, 'Content-Length': Buffer.byteLength(body), Connection: 'close', 'X-Request-Id': id },
    ...securityHeadersOf(undefined),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('')}\r\n${body}`);
}
