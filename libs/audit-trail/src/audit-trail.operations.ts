import { reads } from '#millwright/resources';

export const listAuditTrail = reads({
  name: 'listAuditTrail',
  scopes: ['audit:read'],
  summary: 'List every event of the site',
  description:
    'In log order unless sorted otherwise, each as it was stored. A role that somebody is given, and a credential for one site, stand in the trail of that site. With `of_customer` it is what concerns all sites, with a sequence of its own: roles, credentials for several sites, signing keys, settings of the installation.',
});
