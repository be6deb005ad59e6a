import { reads, writes } from '#millwright/resources';

export const getLimits = reads({
  name: 'getLimits',
  scopes: [],
  summary: 'Show how much may be asked',
  description:
    'What the tier has and allows, what an address may ask without a credential, and what is left. Asking for it does not count.',
});

const installationManagers = ['installation:manage'];

export const getInstallation = reads({
  name: 'getInstallation',
  scopes: installationManagers,
  summary: 'Show the settings of this installation',
  description: 'The tier and whether users are limited, as they count now.',
});

export const changeInstallation = writes({
  name: 'changeInstallation',
  scopes: installationManagers,
  tier: 'core',
  atArchivedSites: true,
  summary: 'Change the settings of this installation',
  description:
    'Every process goes by them within a second. What the environment of the process that answers says (`fixed`) counts: it is answered as it is, and nothing else is kept for it. A lower tier deletes nothing.',
});
