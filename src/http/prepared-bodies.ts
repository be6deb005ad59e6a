import { randomUUID } from 'node:crypto';

/** The header of an inner request that says where its body waits. Nobody outside can guess a ticket, and each is good once. */
const ticketHeader = 'x-prepared-body';

/**
 * Bodies of a batch's operations, which were read once already with the batch. They go to the inner request by hand, not through text,
 * because a number that validation must refuse as it was written cannot be written as JSON again.
 */
export class PreparedBodies {
  private readonly waiting = new Map<string, unknown>();

  /** Keeps a body for one request; the headers to send with it, and what to do when the request is over. */
  keep(body: unknown): { headers: Readonly<Record<string, string>>; forget: () => void } {
    const ticket = randomUUID();
    this.waiting.set(ticket, body);
    return { headers: { [ticketHeader]: ticket, 'content-type': 'application/json' }, forget: () => this.waiting.delete(ticket) };
  }

  take(headers: Readonly<Record<string, string | string[] | undefined>>): { body: unknown } | undefined {
    const ticket = headers[ticketHeader];
    if (typeof ticket !== 'string' || !this.waiting.has(ticket)) return undefined;
    const body = this.waiting.get(ticket);
    this.waiting.delete(ticket);
    return { body };
  }
}
