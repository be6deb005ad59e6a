/** What a customer has subscribed to, each with all that stands before it (contract, part 4, section 5). */
export const tiers = ['core', 'starter', 'business', 'enterprise'] as const;

export type Tier = (typeof tiers)[number];

/** Whether a tier has what another one is needed for. */
export const hasTier = (tier: Tier, needed: Tier): boolean => tiers.indexOf(tier) >= tiers.indexOf(needed);
