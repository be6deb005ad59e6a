import { Injectable } from '@nestjs/common';
import { currentScope } from '#millwright/access';
import type { Position, Row } from '#millwright/event-sourcing';
import { standingOf } from './domain/standing.js';
import { InstallationSettings, type Installation } from './installation-settings.js';
import { Limits } from './limits.js';
import { featuresOf, wordOf, type ChangeInstallation } from './limits.shown.js';

type Changed = Readonly<{ row: Row; position: Position }>;

/** What is said of limits and of the installation's settings, and how these are changed. */
@Injectable()
export class LimitsReader {
  constructor(
    private readonly limits: Limits,
    private readonly settings: InstallationSettings,
  ) {}

  /** How whoever asks stands. */
  async limitsRow(): Promise<Row> {
    const { tier, rateLimits, window } = await this.settings.now();
    const call = await this.limits.count(currentScope().principal, 0);
    const standing = call && standingOf(call.window, call.counted);
    return {
      tier,
      rate_limits: wordOf(rateLimits),
      requests: window.requests,
      window_seconds: window.seconds,
      remaining: standing?.remaining ?? null,
      reset: standing?.reset ?? null,
      features: featuresOf(tier),
    };
  }

  async installationRow(): Promise<Row> {
    return rowOf(await this.settings.now());
  }

  /** @throws Rejection VALIDATION_FAILED, UNAVAILABLE */
  async change({ tier, rate_limits, requests, window_seconds }: ChangeInstallation): Promise<Changed> {
    const { installation, position } = await this.settings.change({
      tier,
      requests,
      windowSeconds: window_seconds,
      rateLimits: rate_limits === undefined ? undefined : rate_limits === 'on',
    });
    return { row: rowOf(installation), position };
  }
}

const rowOf = ({ tier, rateLimits, own, fixed }: Installation): Row => ({
  tier,
  rate_limits: wordOf(rateLimits),
  requests: own.requests,
  window_seconds: own.seconds,
  fixed,
});
