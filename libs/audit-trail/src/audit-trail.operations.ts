import { reads } from '#millwright/resources';

export const listAuditTrail = reads({
  name: 'listAuditTrail',
  scopes: ['audit:read'],
  summary: 'List every event of the site',
  description: 'In log order unless sorted otherwise, each as it was stored.',
});
