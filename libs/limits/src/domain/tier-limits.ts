import type { Tier } from '#millwright/access';

/** How much may be counted in any so many seconds. */
export type Window = Readonly<{ requests: number; seconds: number }>;

const minute = 60;

/** What each tier allows a user, over all of his credentials (contract, part 4, section 5). */
export const tierLimits: Readonly<Record<Tier, Window>> = {
  core: { requests: 10, seconds: minute },
  starter: { requests: 10, seconds: minute },
  business: { requests: 60, seconds: minute },
  enterprise: { requests: 300, seconds: minute },
};

/** What an address may ask without a valid credential, limits on or off (S74). */
export const anonymousLimit: Window = { requests: 1_000, seconds: 5 * minute };

/** How many exports a user has under way at once (contract, part 4, section 5). */
export const exportsAtOnce = 2;

/** The most that an installation may set of its own; what alone counts more than the window is never taken. */
export const mostRequests = 100_000;
export const mostSeconds = 86_400;
