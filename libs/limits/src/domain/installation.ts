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

/** What the environment says, of what could be set; undefined where it says nothing. */
export type FixedSettings = Readonly<{ [Name in 'tier' | 'rateLimits']?: InstallationSettings[Name] | undefined }>;

/**
 * Changes the settings; what is as it was is no event.
 * @param fixed counts, whatever is wanted (S76): nothing of it is decided, for it would hold in a process whose environment says nothing
 * @throws Rejection VALIDATION_FAILED `enterprise_only` a window of one's own in a lower tier
 */
export function changeInstallation(
  state: InstallationSettings,
  wanted: Partial<InstallationSettings>,
  fixed: FixedSettings = {},
): readonly InstallationChanged[] {
  const tier = fixed.tier ?? wanted.tier ?? state.tier;
  const ownWindow = (['requests', 'windowSeconds'] as const).filter((name) => wanted[name] != null);
  if (tier !== 'enterprise' && ownWindow.length > 0) throw enterpriseOnly(ownWindow, tier);
  const isFixed = (name: string): boolean => fixed[name as keyof FixedSettings] !== undefined;
  const changes = Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => value !== undefined && !isFixed(name) && value !== state[name as keyof InstallationSettings],
    ),
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
