import { InputType } from '@nestjs/graphql';
import { tiers, type Tier } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { defineChoices, Integer, OneOf, partialClassOf, ShownInteger, ShownOneOf, ShownTexts } from '#millwright/fields';
import { defineShownType, ShownList, ShownOne } from '#millwright/resources';
import { anonymousLimit, exportsAtOnce, mostRequests, mostSeconds, tierLimits } from './domain/tier-limits.js';

export const tierChoices = defineChoices<Tier>('Tier', 'What an installation has subscribed to; each has what those before it have.', {
  core: 'REST, reading only.',
  starter: 'REST.',
  business: 'REST, GraphQL, webhooks, service accounts.',
  enterprise: 'All of it, single sign-on, and limits of its own.',
});

const onOff = defineChoices('RateLimits', 'Whether users are limited.', {
  on: 'In how much they may ask.',
  off: 'Not at all.',
});

/** What each tier has beside what those before it have. */
const added: Readonly<Record<Tier, readonly string[]>> = {
  core: ['rest_reads'],
  starter: ['rest_writes'],
  business: ['graphql', 'webhooks', 'service_accounts'],
  enterprise: ['single_sign_on', 'own_limits'],
};

export const featuresOf = (tier: Tier): readonly string[] => tiers.slice(0, tiers.indexOf(tier) + 1).flatMap((each) => added[each]);

const requests = {
  description: 'How many requests are taken in any window; a batch counts its operations, a GraphQL document its root fields.',
};
const seconds = { description: 'How long a window is, in seconds.' };

class WindowFields {
  @ShownInteger({ ...requests, always: true }) requests!: number;
  @ShownInteger({ ...seconds, always: true }) window_seconds!: number;
}

class TierFields extends WindowFields {
  @ShownOneOf(tierChoices, { description: 'Which tier.', always: true }) tier!: Tier;
  @ShownTexts({ description: 'What it has.', always: true }) features!: readonly string[];
}

export const windowShown = defineShownType('RateLimitWindow', WindowFields, 'How much may be asked in any so many seconds.');
export const tierShown = defineShownType('TierLimits', TierFields, 'What a tier has, and how much a user of it may ask.');

const rowOfTier = (tier: Tier): Row => {
  const window = tierLimits[tier];
  return { tier, requests: window.requests, window_seconds: window.seconds, features: featuresOf(tier) };
};

class LimitsFields {
  @ShownOneOf(tierChoices, { description: 'The tier of this installation.', always: true }) tier!: Tier;
  @ShownOneOf(onOff, { description: 'Whether users are limited.', always: true }) rate_limits!: string;
  @ShownInteger({ ...requests, always: true }) requests!: number;
  @ShownInteger({ ...seconds, always: true }) window_seconds!: number;
  @ShownInteger({ description: 'How many requests are left to whoever asks; null where he is not limited.' }) remaining!: number | null;
  @ShownInteger({
    description:
      'When one more fits where none is left, else when the oldest counts no more, in seconds since 1970; null where he is not limited.',
  })
  reset!: number | null;
  @ShownTexts({ description: 'What the tier of this installation has.', always: true }) features!: readonly string[];
  @ShownOne(windowShown, {
    description: 'How much an address may ask without a valid credential.',
    of: () => ({ requests: anonymousLimit.requests, window_seconds: anonymousLimit.seconds }),
  })
  anonymous!: object;
  @ShownInteger({
    description: 'How many exports a user has under way at once in a process, also where requests are not limited.',
    of: () => exportsAtOnce,
  })
  exports_at_once!: number;
  @ShownList(tierShown, { description: 'Every tier.', of: () => tiers.map(rowOfTier) }) tiers!: readonly object[];
}

export const limitsShown = defineShownType('Limits', LimitsFields, 'How much may be asked, and how much of it is left.');

class InstallationFields {
  @ShownOneOf(tierChoices, { description: 'What it has subscribed to.', always: true }) tier!: Tier;
  @ShownOneOf(onOff, { description: 'Whether users are limited.', always: true }) rate_limits!: string;
  @ShownInteger({ description: 'How many requests its own window takes; null for what the tier says.' }) requests!: number | null;
  @ShownInteger({ description: 'How long its own window is, in seconds; null for what the tier says.' }) window_seconds!: number | null;
  @ShownTexts({ description: 'Which of these the environment says, so that no change of them is taken.', always: true })
  fixed!: readonly string[];
}

export const installationShown = defineShownType('Installation', InstallationFields, 'What an installation is set to.');

class InstallationInput {
  @OneOf(tierChoices, { required: true, description: 'What it has subscribed to.', example: 'enterprise' }) tier!: Tier;
  @OneOf(onOff, { required: true, description: 'Whether users are limited.', example: 'off' }) rate_limits!: 'on' | 'off';
  @Integer({
    atLeast: 1,
    atMost: mostRequests,
    description: 'How many requests a window takes; null for what the tier says.',
    example: 300,
  })
  requests!: number | null;
  @Integer({ atLeast: 1, atMost: mostSeconds, description: 'How long a window is, in seconds; null for what the tier says.', example: 60 })
  window_seconds!: number | null;
}

/** What is left out stays. */
export const ChangeInstallation = partialClassOf(InstallationInput, 'ChangeInstallationInput');
export type ChangeInstallation = Partial<InstallationInput>;
InputType('ChangeInstallationInput', {
  description: 'What is to be set: what is left out stays. Limits of its own count in the tier enterprise; null takes them back.',
})(ChangeInstallation);

export const wordOf = (isOn: boolean): 'on' | 'off' => (isOn ? 'on' : 'off');
