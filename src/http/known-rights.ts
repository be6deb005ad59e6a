import type { FastifyRequest } from 'fastify';
import type { KnownAccess, KnownSites, Principal } from '#millwright/access';
import type { Authentication } from '#millwright/credentials';
import { Rejection } from '#millwright/event-sourcing';
import { isPartOfBatch } from './part-of-batch.js';
import { header, minimumPositionIn } from './request-headers.js';

/** How long a request waits for the position it names, in milliseconds: first for what it says of rights, then for the read models. */
export const longestWaitMs = 2_000;

export const notReached = (): Rejection =>
  new Rejection('UNAVAILABLE', 'the read models, or what is known of rights, have not reached that position yet');

/** Has what this process knows of rights come to where a request wants to see, for other processes change them, too. */
export class KnownRights {
  constructor(
    private readonly known: Readonly<{
      access: Pick<KnownAccess, 'lookAnew'>;
      credentials: Pick<Authentication, 'lookAnew'>;
      sites: Pick<KnownSites, 'lookAnew'>;
    }>,
  ) {}

  /**
   * Resolves when rights are known up to the position that a request names; undefined where it names none. Whoever names a position knows that it
   * is in the log, so that looking at the log from now on is enough.
   * @throws Rejection UNAVAILABLE after 2 s, or when the log cannot be read
   */
  since(request: FastifyRequest, principal: Principal): Promise<void> | undefined {
    const position = minimumPositionIn(request);
    // What is no position is refused later; 0 takes what is there.
    if (position === undefined || !/^0*[1-9]\d*$/.test(position)) return undefined;
    // A batch has looked for what it was sent with, and what its operations change is known at once.
    if (isPartOfBatch(request) && request.headers['x-min-position'] !== undefined) return undefined;
    return this.look(request, principal);
  }

  private async look(request: FastifyRequest, { credential, customerId }: Principal): Promise<void> {
    const { access, credentials, sites } = this.known;
    const site = header(request.headers['x-entity-id']) ?? '';
    const begun = performance.now();
    await inTime(
      Promise.all([
        // The administrator's key may do everything, whatever the log says.
        credential.kind !== 'bootstrap' && access.lookAnew(),
        credential.kind !== 'bootstrap' && credentials.lookAnew(),
        /^\+?\d{1,15}$/.test(site) && sites.lookAnew(customerId, Number(site)),
      ]),
    );
    request.rightsAwaitedMs = performance.now() - begun;
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notReached()), longestWaitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
