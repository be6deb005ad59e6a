import { LogUnavailable } from '../event-log.js';
import { failureOf, LogAccessDenied } from './failures.js';

/** Errors as the client throws them: converted ones have a type, the first one after a lost server is raw. */
const failed = (code: number, message: string, type?: string): unknown =>
  Object.assign(new Error(message), { code, ...(type && { type }) });

describe('what a failed call of EventStoreDB leaves open', () => {
  it.each([
    ['a deadline that has passed', failed(4, '4 DEADLINE_EXCEEDED: Deadline exceeded after 0.300s', 'deadline-exceeded')],
    ['a lost connection', failed(14, '14 UNAVAILABLE: Connection dropped', 'unavailable')],
    ['a lost connection that the client has not converted', failed(14, '14 UNAVAILABLE: Connection dropped')],
    ['a cancelled call', failed(1, '1 CANCELLED: Call cancelled', 'cancelled')],
    ['a time-out of the server', failed(10, '10 ABORTED: operation timed out', 'timeout')],
    ['a server that is overloaded', failed(8, '8 RESOURCE_EXHAUSTED: Bandwidth exhausted or memory limit exceeded', 'unknown')],
    ['something nobody has thought of', 'broken'],
  ])('is everything after %s', (_case, error) => expect(failureOf(error)).toBe('unknown outcome'));

  it.each([
    ['no server that could be reached', failed(14, '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED')],
    ['a deadline that passed before a server was found', failed(4, '4 DEADLINE_EXCEEDED: … Waiting for LB pick', 'deadline-exceeded')],
    ['a cluster that was not found', new Error('Failed to discover after 10 attempts.')],
    ['a read of our own that failed before', new LogUnavailable(new Error('gone'))],
  ])('is nothing after %s', (_case, error) => expect(failureOf(error)).toBe('not sent'));

  it.each([
    ['too large', failed(8, '8 RESOURCE_EXHAUSTED: Received message exceeds the maximum configured message size.', 'unknown')],
    ['too large', failed(8, '8 RESOURCE_EXHAUSTED: Attempted to send message with a size larger than 4194304')],
    ['too large', failed(3, 'Maximum Append Size Exceeded.', 'maximum-append-size-exceeded')],
    ['not leader', failed(5, '5 NOT_FOUND: Leader info available', 'not-leader')],
    ['wrong revision', failed(9, '9 FAILED_PRECONDITION', 'wrong-expected-version')],
    ['stream deleted', failed(9, '9 FAILED_PRECONDITION', 'stream-deleted')],
    ['access denied', failed(16, '16 UNAUTHENTICATED: ', 'access-denied')],
    ['access denied', new LogAccessDenied(new Error('no'))],
    ['refused', failed(12, '12 UNIMPLEMENTED: ')],
  ])('is nothing where the answer is definite: %s', (failure, error) => expect(failureOf(error)).toBe(failure));
});
