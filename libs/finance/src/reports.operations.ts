import { reads } from '#millwright/resources';

export const getCostsReport = reads({
  name: 'getCostsReport',
  scopes: ['costs:read'],
  summary: 'Add up what was posted, in groups',
  description: "A cost belongs to its effective date in the site's time zone.",
});

export const getAssetCosts = reads({
  name: 'getAssetCosts',
  scopes: ['assets:read', 'costs:read'],
  summary: 'Add up what was posted on an asset',
  description:
    'The postings of the work orders whose asset it is today, each on its day at the site; with `subtree=true` also of everything below it.',
});

export const explainAsset = reads({
  name: 'explainAsset',
  scopes: ['assets:read', 'costs:read'],
  summary: 'Say what the figures of an asset are made of',
  description:
    'Each posting behind its costs and, where both `from` and `to` are given, each downtime behind its reliability, with the event. The lines add up to the figures.',
});

export const getLaborReport = reads({
  name: 'getLaborReport',
  scopes: ['work_orders:read'],
  summary: 'Add up who worked how long, and what was posted for it',
  description:
    "Hours by rate, split at midnight in the site's time zone where start and end are known; money stays whole on the day of its posting.",
});

export const explainLaborReport = reads({
  name: 'explainLaborReport',
  scopes: ['work_orders:read', 'costs:read'],
  summary: 'Say what the labour report is made of',
  description: 'Each entry with its event and what it adds to which row. The lines of a row add up to it.',
});

export const explainWorkOrder = reads({
  name: 'explainWorkOrder',
  scopes: ['work_orders:read', 'costs:read'],
  summary: 'Say what the costs of a work order are made of',
  description:
    'Each posting with its event and, while it is open, what each reserved part would cost today. The lines add up to `total_costs`.',
});
