import { reads } from '#millwright/resources';

export const getCostsReport = reads({
  name: 'getCostsReport',
  summary: 'Add up what was posted, in groups',
  description: "A cost belongs to its effective date in the site's time zone.",
});

export const getAssetCosts = reads({
  name: 'getAssetCosts',
  summary: 'Add up what was posted on an asset',
  description:
    'The postings of the work orders whose asset it is today, each on its day at the site; with `subtree=true` also of everything below it.',
});

export const explainAsset = reads({
  name: 'explainAsset',
  summary: 'Say what the figures of an asset are made of',
  description:
    'Each posting behind its costs and, where both `from` and `to` are given, each downtime behind its reliability, with the event. The lines add up to the figures.',
});
