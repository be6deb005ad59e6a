import { ShownFlag, ShownId, ShownInteger, ShownText, ShownTexts } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

class RoleFields {
  @ShownId({ always: true, description: 'The number of the role.' }) id!: number;
  @ShownInteger({ over: 'graphql', always: true, description: 'Grows with everything that is granted; for `expectedRevision`.' })
  revision!: number;
  @ShownText({ always: true, description: 'What it is called: unique in the installation.' }) name!: string;
  @ShownFlag({ always: true, description: 'Whether everybody has it and nobody changes it.' }) built_in!: boolean;
  @ShownTexts({ always: true, description: 'What it holds, in order.' }) scopes!: readonly string[];
}

export const roleShown = defineShownType('Role', RoleFields, 'A named set of scopes.');

class ScopeFields {
  @ShownText({ always: true, description: 'What it is called.' }) name!: string;
  @ShownTexts({ always: true, description: 'The built-in roles that hold it.' }) roles!: readonly string[];
}

export const scopeShown = defineShownType('Scope', ScopeFields, 'A right that operations and fields name.');
