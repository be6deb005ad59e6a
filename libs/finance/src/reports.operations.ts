import { reads } from '#millwright/resources';

export const getCostsReport = reads({
  name: 'getCostsReport',
  summary: 'Add up what was posted, in groups',
  description: "A cost belongs to its effective date in the site's time zone.",
});
