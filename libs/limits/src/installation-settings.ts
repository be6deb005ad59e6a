import { Injectable } from '@nestjs/common';
import type { Tier } from '#millwright/access';
import { EventStore, type Position } from '#millwright/event-sourcing';
import { changeInstallation, installation, installationId } from './domain/installation.js';
import type { InstallationSettings as Settings } from './domain/installation.events.js';
import { tierLimits, type Window } from './domain/tier-limits.js';

/** What the environment says, which counts before what is stored (S76). */
export class InstallationEnvironment {
  constructor(
    readonly tier: Tier | undefined,
    readonly rateLimits: boolean | undefined,
  ) {}
}

/** What holds at this moment. */
export type Installation = Readonly<{
  tier: Tier;
  rateLimits: boolean;
  /** What a user may ask where limits are on. */
  window: Window;
  /** A window of its own, where there is one, also where the tier does not honour it. */
  own: Readonly<{ requests: number | null; seconds: number | null }>;
  /** Which of these the environment says. */
  fixed: readonly ('tier' | 'rate_limits')[];
}>;

/** How old what is believed may be before it is looked for again, and before nothing is done until it is known, in milliseconds. */
const believedForMs = 500;
const waitedForAfterMs = 1_000;

/**
 * Tier and limits, followed from their stream: what another process changed is known here within a second, what this one changed at once.
 * While the log cannot be read the last that was known holds, for nobody can have changed it either.
 */
@Injectable()
export class InstallationSettings {
  private readAt = Number.NEGATIVE_INFINITY;
  private stored: Settings = installation.initialState;
  private reading: Promise<void> | undefined;
  private failed = false;
  private shown: Readonly<{ of: Settings; is: Installation }> | undefined;

  constructor(
    private readonly events: EventStore,
    private readonly environment: InstallationEnvironment,
  ) {}

  /** What holds now: at once where it was read within the last second, as it is with requests coming in. */
  now(): Installation | Promise<Installation> {
    const age = performance.now() - this.readAt;
    if (age <= believedForMs) return this.known();
    this.reading ??= this.read();
    return age <= waitedForAfterMs || this.failed ? this.known() : this.reading.then(() => this.known());
  }

  /**
   * Answers what holds then, and where it stands in the log.
   * @throws Rejection VALIDATION_FAILED `enterprise_only`; UNAVAILABLE
   */
  async change(wanted: Partial<Settings>): Promise<Readonly<{ installation: Installation; revision: number; position: Position }>> {
    const decide = (state: Settings): ReturnType<typeof changeInstallation> => changeInstallation(state, wanted, this.environment);
    const { state, revision, position } = await this.events.execute(installation, installationId, decide);
    this.stored = state;
    return { installation: this.known(), revision, position };
  }

  private async read(): Promise<void> {
    const begun = performance.now();
    try {
      this.stored = (await this.events.load(installation, installationId)).state;
      this.readAt = begun;
      this.failed = false;
    } catch {
      // Whoever reads records is told that they cannot be read; a tier is no reason to refuse anybody.
      this.failed = true;
    } finally {
      this.reading = undefined;
    }
  }

  private known(): Installation {
    // What this process has appended is known before it is read again.
    const of = this.events.recent(installation, installationId) ?? this.stored;
    if (this.shown?.of !== of) this.shown = { of, is: this.installationOf(of) };
    return this.shown.is;
  }

  private installationOf(stored: Settings): Installation {
    const { tier: fixedTier, rateLimits: fixedLimits } = this.environment;
    const tier = fixedTier ?? stored.tier;
    const { requests, seconds } = tierLimits[tier];
    const { requests: ownRequests, windowSeconds: ownSeconds } = stored;
    const isOwn = tier === 'enterprise';
    return {
      tier,
      rateLimits: fixedLimits ?? stored.rateLimits,
      window: { requests: (isOwn && ownRequests) || requests, seconds: (isOwn && ownSeconds) || seconds },
      own: { requests: ownRequests, seconds: ownSeconds },
      fixed: [...(fixedTier === undefined ? [] : ['tier' as const]), ...(fixedLimits === undefined ? [] : ['rate_limits' as const])],
    };
  }
}
