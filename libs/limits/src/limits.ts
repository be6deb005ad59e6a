import { Injectable } from '@nestjs/common';
import { builtInUserId, hasTier, type Principal, type Tier } from '#millwright/access';
import { Rejection, whenKnown } from '#millwright/event-sourcing';
import { CallWindows, type Counted } from './call-windows.js';
import { CountedAddresses } from './counted-addresses.js';
import { retryAfterSeconds } from './domain/standing.js';
import { anonymousLimit, exportsAtOnce, type Window } from './domain/tier-limits.js';
import { ExportTurns } from './export-turns.js';
import { InstallationSettings, type Installation } from './installation-settings.js';

/** A call that was counted: whose, in which window, and what was decided. */
export type CountedCall = Readonly<{ subject: string; window: Window; counted: Counted }>;

/** Until when, by this process's clock, an address is refused without asking the database anew, and what it is told then. */
type Full = Readonly<{ until: number; fitsAt: number }>;

/** So many addresses are remembered as refused; more of them are asked about again. */
const mostFull = 10_000;

/** Who may ask how often, and which tier what needs. */
@Injectable()
export class Limits {
  private readonly full = new Map<string, Full>();

  constructor(
    private readonly windows: CallWindows,
    private readonly settings: InstallationSettings,
    private readonly exports: ExportTurns,
    private readonly addresses: CountedAddresses,
  ) {}

  installation(): Installation | Promise<Installation> {
    return this.settings.now();
  }

  /**
   * Counts a call of a credential; null where nothing is counted: limits are off, or it is the bootstrap key (S36).
   * @param again what it was counted as before, where it turns out to weigh more, or nothing
   */
  count(principal: Principal, weight: number, again?: CountedCall): CountedCall | null | Promise<CountedCall | null> {
    return whenKnown(this.settings.now(), ({ rateLimits, window }) => {
      const subject = rateLimits ? subjectOf(principal) : null;
      if (subject === null) return null;
      const insteadOf = (again?.counted.accepted && again.counted.id) || undefined;
      return this.windows.count({ subject, weight, window, insteadOf }).then((counted) => ({ subject, window, counted }));
    });
  }

  /**
   * Counts a request that has no valid credential, whether limits are on or off (S74).
   * @throws Rejection RATE_LIMIT_EXCEEDED
   */
  async countAnonymous(address: string): Promise<void> {
    const subject = `address:${this.addresses.markOf(address)}`;
    const full = this.full.get(subject);
    const asked = performance.now();
    if (full && asked < full.until) throw tooMany((full.fitsAt - asked) / 1_000);
    this.full.delete(subject);
    const counted = await this.windows.count({ subject, weight: 1, window: anonymousLimit });
    if (counted.accepted) return;
    // The decision lies between asking and being answered: refused is until room may come, told when it has come for certain.
    const waitMs = counted.waitSeconds * 1_000;
    if (this.full.size < mostFull) this.full.set(subject, { until: asked + waitMs, fitsAt: performance.now() + waitMs });
    else this.full.clear();
    throw tooMany(counted.waitSeconds);
  }

  /**
   * Begins an export, and gives what ends it. Everybody but the bootstrap key has so many at once, also where requests are not limited: it is a cap of
   * its own (contract, part 4, section 5).
   * @throws Rejection RATE_LIMIT_EXCEEDED
   */
  async beginExport(principal: Principal): Promise<() => void> {
    const subject = subjectOf(principal);
    if (subject === null) return () => undefined;
    const end = await this.exports.take(subject, exportsAtOnce);
    if (!end) throw tooMany(1, `No more than ${exportsAtOnce} exports at once; please try again when one has ended.`);
    return end;
  }

  /**
   * @throws Rejection TIER_FEATURE_LOCKED with `required_tier` (S68)
   */
  requireTier(needed: Tier): void | Promise<void> {
    if (needed === 'core') return undefined;
    return whenKnown(this.settings.now(), ({ tier }) => {
      if (!hasTier(tier, needed))
        throw new Rejection('TIER_FEATURE_LOCKED', `This needs the tier ${needed}; this installation has ${tier}.`, [], {
          required_tier: needed,
        });
    });
  }
}

/** Of whom a refusal is told after how many seconds to come back. */
export const tooMany = (waitSeconds: number, message?: string): Rejection => {
  const seconds = retryAfterSeconds(waitSeconds);
  return new Rejection('RATE_LIMIT_EXCEEDED', message ?? `Too many requests; the next one is taken in ${seconds} s.`, [], {
    retry_after_seconds: seconds,
  });
};

/** Keys and sessions count for their person, clients and service accounts for themselves, and so does a key that nobody but the bootstrap key owns (S8, S73). */
function subjectOf({ credential: { kind, id }, userId }: Principal): string | null {
  if (kind === 'bootstrap') return null;
  const isPersons = (kind === 'api_key' || kind === 'session') && userId !== builtInUserId;
  return isPersons ? `user:${userId}` : `${kind}:${id}`;
}
