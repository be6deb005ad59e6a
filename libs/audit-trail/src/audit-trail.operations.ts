import { reads } from '#millwright/resources';

export const listAuditTrail = reads({
  name: 'listAuditTrail',
  summary: 'List every event of the site',
  description: 'In log order unless sorted otherwise, each as it was stored.',
});
