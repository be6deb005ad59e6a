import { createHash } from 'node:crypto';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiBody, ApiOkResponse } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { currentContext } from '#millwright/event-sourcing';
import { ApiHeading, OverRest, UncheckedBody, writes } from '#millwright/resources';
import { batchOperationsOf, bytesOf, urlOf, type BatchOperation } from './batch-operations.js';
import type { HttpAdapter } from './http-adapter.js';
import { refusalNow, type Result } from './kept-refusal.js';
import { ofBytes, partOfBatch } from './part-of-batch.js';
import type { AnsweredAnew } from './operation-routes.js';
import { header } from './request-headers.js';
import { UnwrappedAnswer } from './unwrapped-answer.js';

type Inner = Readonly<{ status: number; body: string; position: string | undefined }>;

/** Many operations in one request, each answered with its own status: what one refuses does not undo the others. */
@ApiHeading('batch', 'Several operations in one request.')
@Controller('api/v1/batch')
export class BatchController implements AnsweredAnew {
  constructor(private readonly host: HttpAdapterHost) {}

  @Post()
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'runBatch',
      scopes: [],
      // Its operations are asked one by one, and batches of reads are in every tier.
      tier: 'core',
      atArchivedSites: true,
      summary: 'Run operations one after another',
      description:
        '`params` is the body of a write and the query of a read. Reads see the writes before them. With an Idempotency-Key, a repeated batch repeats no operation that succeeded.',
    }),
  )
  @ApiBody({ required: true, schema: batchSchema() })
  @ApiOkResponse({
    description: 'One result an operation, in order; there is no outer envelope.',
    schema: resultsSchema(),
    headers: { 'X-Position': { $ref: '#/components/headers/X-Position' } },
  })
  async run(@UncheckedBody() body: unknown, @Req() request: FastifyRequest): Promise<UnwrappedAnswer> {
    const operations = batchOperationsOf(body);
    await currentContext().idempotency?.begin();
    const results: Inner[] = [];
    for (const [index, operation] of operations.entries()) {
      const position = results.findLast((result) => result.position !== undefined)?.position;
      results.push(await this.runOne(operation, this.headersOf(request, operation, index, position)));
      // A refusal waits for nothing, and a hundred of them in one turn of the event loop would keep everybody else waiting.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    const text = results.map(({ status, body: inner }) => `{"status":${status},"body":${inner}}`).join(',');
    // A failure of ours may succeed later, so the batch's answer is not final and a repeat tries again.
    return new UnwrappedAnswer(`{"results":[${text}]}`, {
      final: results.every(({ status }) => status < 500),
      position: results.findLast((result) => result.position !== undefined)?.position,
    });
  }

  /**
   * What was refused stays refused, and names nothing that was lost since. What was done is asked for again under its own key, which does nothing a second time and is decided on today's rights;
   * what was read is read again.
   */
  async replayed(kept: string, request: FastifyRequest, isForOthers: boolean): Promise<string> {
    const operations = batchOperationsOf(request.body);
    const { results } = JSON.parse(kept) as { results: readonly Result[] };
    const texts: string[] = [];
    for (const [index, operation] of operations.entries()) {
      const before = results[index];
      if (before && before.status >= 300) texts.push(JSON.stringify(refusalNow(before, isForOthers)));
      else {
        const { status, body } = await this.runOne(operation, this.headersOf(request, operation, index, undefined));
        texts.push(`{"status":${status},"body":${body}}`);
      }
    }
    return `{"results":[${texts.join(',')}]}`;
  }

  private async runOne(operation: BatchOperation, headers: Readonly<Record<string, string>>): Promise<Inner> {
    const adapter = this.host.httpAdapter as HttpAdapter;
    const { method, params } = operation;
    const prepared = method === 'GET' || params === undefined ? undefined : adapter.preparedBodies.keep(params);
    const payload = prepared ? { payload: '{}', headers: { ...headers, ...prepared.headers, ...ofBytes(bytesOf(params)) } } : { headers };
    const answer = await adapter
      .getInstance<FastifyInstance>()
      .inject({ method, url: urlOf(operation), ...payload })
      .finally(() => prepared?.forget());
    const isJson = /^application\/json/.test(header(answer.headers['content-type'] as string | undefined) ?? '');
    const body = answer.payload === '' ? 'null' : isJson ? answer.payload : JSON.stringify(answer.payload);
    return { status: answer.statusCode, body, position: header(answer.headers['x-position'] as string | undefined) };
  }

  /** The caller's credential, site and form of answer; a key for each write that follows from the batch's own. */
  private headersOf(
    request: FastifyRequest,
    { method }: BatchOperation,
    index: number,
    position: string | undefined,
  ): Record<string, string> {
    const headers: Record<string, string> = { ...partOfBatch, 'x-request-id': request.id };
    for (const name of ['authorization', 'cookie', 'x-csrf-token', 'x-entity-id', 'accept', 'x-min-position']) {
      const value = header(request.headers[name]);
      if (value !== undefined) headers[name] = value;
    }
    const key = header(request.headers['idempotency-key']);
    if (method === 'GET' && position !== undefined) headers['x-min-position'] = position;
    if (method !== 'GET' && key !== undefined)
      headers['idempotency-key'] = `batch/${createHash('sha256').update(key).digest('hex')}/${index}`;
    return headers;
  }
}

function batchSchema(): object {
  return {
    type: 'object',
    required: ['ops', 'sequential'],
    properties: {
      sequential: { type: 'boolean', enum: [true], description: 'Must be true.' },
      ops: {
        type: 'array',
        minItems: 1,
        maxItems: 100,
        items: {
          type: 'object',
          required: ['method', 'url'],
          properties: {
            method: { type: 'string', enum: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'] },
            url: { type: 'string', example: '/api/v1/parts' },
            params: { type: 'object', additionalProperties: true },
          },
        },
      },
    },
    example: {
      ops: [
        { method: 'GET', url: '/api/v1/parts' },
        { method: 'PATCH', url: '/api/v1/parts/24/reconcile', params: { quantity: -2, note: '2 units damaged during shipping' } },
      ],
      sequential: true,
    },
  };
}

function resultsSchema(): object {
  return {
    type: 'object',
    required: ['results'],
    properties: {
      results: {
        type: 'array',
        items: { type: 'object', required: ['status', 'body'], properties: { status: { type: 'integer' }, body: {} } },
      },
    },
    example: { results: [{ status: 200, body: {} }] },
  };
}
