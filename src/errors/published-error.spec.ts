import { NotFoundException } from '@nestjs/common';
import { LogUnavailable, Rejection, UnknownOutcome } from '#millwright/event-sourcing';
import { publishedErrorOf, RejectionWithHeaders } from './published-error.js';

const withFacts = (message: string, facts: object): Error => Object.assign(new Error(message), facts);

describe('what a client may see of an error', () => {
  it('is a rejection with its code, details and facts', () => {
    const details = [{ field: 'part.unit_cost', code: 'too_many_decimals' as const, message: 'at most 2' }];
    expect(publishedErrorOf(new Rejection('VALIDATION_FAILED', 'no', details))).toMatchObject({
      status: 422,
      code: 'VALIDATION_FAILED',
      details,
    });
    expect(publishedErrorOf(new Rejection('DUPLICATE_REFERENCE', 'no', [], { id: 7 }))).toMatchObject({ status: 409, facts: { id: 7 } });
  });

  it('says when to come back, and where the log stands', () => {
    expect(publishedErrorOf(new Rejection('COMPLETION_PENDING', 'wait', [], { position: 12n }))).toMatchObject({
      status: 503,
      facts: { position: '12' },
      headers: { 'Retry-After': '1', 'X-Position': '12' },
    });
    expect(publishedErrorOf(new RejectionWithHeaders('METHOD_NOT_ALLOWED', 'no', { Allow: 'GET' })).headers).toEqual({ Allow: 'GET' });
  });

  it.each([
    withFacts('select "x" from y', {}),
    // @ts-expect-error a code that no room has defined does not compile
    new Rejection('A_CODE_NOBODY_PUBLISHED', 'oops'),
    withFacts('x', { code: 'ENOENT', syscall: 'open', path: '/etc/secret' }),
    withFacts('syntax error', { code: '42601' }),
    withFacts('duplicate key', { code: '23505' }),
    'a string',
    undefined,
    null,
  ])('is nothing of %s', (thrown) => {
    const { status, code, message, facts } = publishedErrorOf(thrown);
    expect({ status, code, facts }).toEqual({ status: 500, code: 'INTERNAL', facts: {} });
    expect(message).not.toMatch(/select|secret|syntax|oops/);
  });

  it.each([
    new LogUnavailable(new Error('x')),
    new UnknownOutcome('part-1', new Error('x')),
    withFacts('connect', { code: 'ECONNREFUSED' }),
    withFacts('connect', { code: 'ENOENT', syscall: 'connect' }),
    withFacts('terminating connection due to administrator command', { code: '57P01' }),
    withFacts('could not extend file: No space left on device', { code: '53100' }),
    withFacts('canceling statement due to statement timeout', { code: '57014' }),
    withFacts('deadlock detected', { code: '40P01' }),
    new Error('Connection terminated unexpectedly'),
    withFacts('QueryFailedError', { driverError: withFacts('x', { code: '08006' }) }),
    new Error('wrapped', { cause: new Error('again', { cause: withFacts('x', { code: 'ECONNRESET' }) }) }),
    new AggregateError([withFacts('x', { code: 'ECONNREFUSED' })]),
  ])('is an outage where the database is away: %s', (thrown) =>
    expect(publishedErrorOf(thrown)).toMatchObject({ status: 503, code: 'UNAVAILABLE', headers: { 'Retry-After': '1' } }),
  );

  it.each([
    [new NotFoundException('Cannot GET /x'), 404, 'NOT_FOUND'],
    [withFacts('FST', { statusCode: 413 }), 413, 'PAYLOAD_TOO_LARGE'],
    [withFacts('FST', { statusCode: 415 }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [withFacts('FST', { statusCode: 400 }), 400, 'MALFORMED_REQUEST'],
    [withFacts('FST', { statusCode: 414 }), 404, 'NOT_FOUND'],
    [withFacts('FST', { statusCode: 500 }), 500, 'INTERNAL'],
  ])('is the framework’s %s as %d %s', (thrown, status, code) => {
    const published = publishedErrorOf(thrown);
    expect(published).toMatchObject({ status, code });
    expect(published.message).not.toMatch(/FST|Cannot GET/);
  });
});
