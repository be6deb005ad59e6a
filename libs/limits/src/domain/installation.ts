import { Rejection, type Detail, type Stream } from '#millwright/event-sourcing/decider';
import type { Tier } from '#millwright/access';
import type { InstallationChanged, InstallationSettings } from './installation.events.js';

/** The id of the one stream. */
export const installationId = 1;

/** Whoever hosts it himself has everything, and limits nobody (contract, part 4, section 5). */
export const installation: Stream<InstallationSettings, InstallationChanged> = {
  category: 'installation',
  initialState: { tier: 'enterprise', rateLimits: false, requests: null, windowSeconds: null },
  evolve: (state, { data }) => ({ ...state, ...data.changes }),
};

/**
 * Changes the settings; what is as it was is no event.
 * @param fixedTier the tier that the environment says, which is the one that counts (S76)
 * @throws Rejection VALIDATION_FAILED `enterprise_only` a window of one's own in a lower tier
 */
export function changeInstallation(
  state: InstallationSettings,
  wanted: Partial<InstallationSettings>,
  fixedTier?: Tier,
): readonly InstallationChanged[] {
  const tier = fixedTier ?? wanted.tier ?? state.tier;
  const ownWindow = (['requests', 'windowSeconds'] as const).filter((name) => wanted[name] != null);
  if (tier !== 'enterprise' && ownWindow.length > 0) throw enterpriseOnly(ownWindow, tier);
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== undefined && value !== state[name as keyof InstallationSettings]),
  );
  return Object.keys(changes).length === 0 ? [] : [{ type: 'InstallationChanged', data: { changes } }];
}

function enterpriseOnly(names: readonly ('requests' | 'windowSeconds')[], tier: Tier): Rejection {
  const message = `only the tier enterprise has windows of its own, and this is ${tier}`;
  const details = names.map((name): Detail => ({
    field: name === 'requests' ? 'requests' : 'window_seconds',
    code: 'enterprise_only',
    message,
  }));
  return new Rejection('VALIDATION_FAILED', message, details);
}
