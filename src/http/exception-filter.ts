import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { publishedErrorOf } from '#millwright/resources';
import { errorBody } from './envelope.js';

/**
 * The one place where something thrown becomes an answer. REST gets the envelope; GraphQL gets the exception back,
 * for its own formatter turns it into `extensions` by the same table.
 */
@Catch()
export class EveryExceptionFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw exception;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const published = publishedErrorOf(exception);
    if (published.status >= 500) this.report(exception, published.code, request);
    if (reply.sent) return;
    void reply
      .code(published.status)
      .headers({ ...published.headers, 'Content-Type': 'application/json; charset=utf-8' })
      .send(JSON.stringify(errorBody(published, request.id)));
  }

  private report(exception: unknown, code: string, request: FastifyRequest): void {
    const facts = { request_id: request.id, method: request.method, route: request.routeOptions.url, code, err: exception };
    if (code === 'INTERNAL') this.logger.error(facts, 'a request failed');
    else this.logger.warn(facts, 'a request could not be served now');
  }
}
