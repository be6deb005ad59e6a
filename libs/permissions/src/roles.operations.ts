import { reads, writes } from '#millwright/resources';

const scopes = ['access:manage'];

export const listScopes = reads({
  name: 'listScopes',
  scopes,
  summary: 'List the scopes',
  description: 'Every scope that an operation or a field names.',
});

export const listRoles = reads({
  name: 'listRoles',
  scopes,
  summary: 'List the roles',
  description: 'Those that are built in, then those of your own.',
});

export const getRole = reads({
  name: 'getRole',
  scopes,
  summary: 'Show a role',
  description: 'Its tag is that of all that is granted.',
});

export const createRole = writes({
  name: 'createRole',
  scopes,
  byPersons: true,
  summary: 'Define a role of your own',
  description: 'Nobody gives what he has not: whoever defines it holds all of its scopes at every site. Refused with VALIDATION_FAILED.',
});

export const updateRole = writes({
  name: 'updateRole',
  scopes,
  byPersons: true,
  summary: 'Change a role of your own',
  description:
    'It changes at once for everybody who has it. Refused with NOT_FOUND, CONFLICT (it is built in), VALIDATION_FAILED, PRECONDITION_FAILED.',
});

export const removeRole = writes({
  name: 'removeRole',
  scopes,
  byPersons: true,
  summary: 'Remove a role of your own',
  description: 'Refused with NOT_FOUND, CONFLICT (it is built in), RECORD_IN_USE (somebody has it), PRECONDITION_FAILED.',
});

export const setInstallationManager = writes({
  name: 'setInstallationManager',
  scopes: ['installation:manage'],
  byPersons: true,
  summary: 'Say who may look after the installation',
  description:
    'No role holds `installation:manage`: the key of the first start gives it, and whoever has it. If-Match is about all that is granted. Refused with NOT_FOUND, CONFLICT (the built-in user), PRECONDITION_FAILED.',
});
