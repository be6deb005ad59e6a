import { Catch, type ExceptionFilter } from '@nestjs/common';

/**
 * Hands on what handlers throw to who knows how to answer it: over REST the error handler of Fastify, which answers for hooks and parsers as well, over
 * GraphQL the formatter. Nest's own filter would answer in words of its own.
 */
@Catch()
export class EveryExceptionFilter implements ExceptionFilter {
  catch(exception: unknown): never {
    throw exception;
  }
}
