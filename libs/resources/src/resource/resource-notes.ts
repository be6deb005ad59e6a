import { aSpoken, inGraphqlWords, pascalCase, spoken } from '#millwright/fields';
import type { DescribedOperation } from '../operations/operation.js';
import { tellsOfReach } from './field-scopes.js';
import { operationNames, type OperationName, type ResourceDefinition } from './resource-definition.js';

/** An operation that every resource has, with what GraphQL says of it. */
export type ToldOperation = DescribedOperation & Readonly<{ graphql: string }>;

type Usual = Readonly<{ name: string; summary: string; rest: string; sentence: string; refusals?: string }>;

/** What is said of the operations that every resource has. */
export function toldOperations(resource: ResourceDefinition): Readonly<Record<OperationName, ToldOperation>> {
  const usual = usualOperations(resource);
  const told = operationNames.map((name): readonly [OperationName, ToldOperation] => {
    const { description, refusals } = resource.notes[name] ?? {};
    const does = name === 'list' || name === 'one' ? 'reads' : 'writes';
    const { name: operationId, summary, rest, sentence, refusals: all } = usual[name];
    const codes = all === undefined ? '' : ` Refused with ${eachCodeOnce(all, refusals)}.`;
    const more = description === undefined ? '' : ` ${inGraphqlWords(description)}`;
    return [
      name,
      {
        name: operationId,
        does,
        scopes: [resource.scopes[does]],
        atArchivedSites: resource.administersSites,
        summary,
        description: description === undefined ? rest : `${description} ${rest}`,
        graphql: `${sentence}${more}${codes}`,
      },
    ];
  });
  return Object.fromEntries(told) as Record<OperationName, ToldOperation>;
}

/** Codes with their reasons, those of the resource beside those of all. */
function eachCodeOnce(all: string, own = ''): string {
  const reasons = new Map<string, string[]>();
  for (const [, code = '', reason] of `${all}, ${own}`.matchAll(/([A-Z_]+)(?: \(([^)]*)\))?/g))
    reasons.set(code, [...(reasons.get(code) ?? []), ...(reason === undefined ? [] : [reason])]);
  return [...reasons].map(([code, why]) => (why.length === 0 ? code : `${code} (${why.join(', or ')})`)).join(', ');
}

/** Sent back as it was shown, a record is not changed by it. */
const ofUnseen = 'Null in a field that is null without `people:read` changes nothing for who lacks that.';

function usualOperations({ name, plural, typeName, scope, fields }: ResourceDefinition): Readonly<Record<OperationName, Usual>> {
  const [one, aRecord, many] = [spoken(name), aSpoken(name), spoken(plural)];
  const owner = scope === 'entity' ? 'of the site' : 'of the whole customer, at every site';
  return {
    create: {
      name: `create${typeName}`,
      summary: `Create ${aRecord}`,
      rest: 'A field that is left out is empty or has its default. `Location` says where the record is.',
      sentence: `Create ${aRecord}.`,
      refusals: 'VALIDATION_FAILED, DUPLICATE_REFERENCE',
    },
    list: {
      name: `list${pascalCase(plural)}`,
      summary: `List ${many}`,
      rest: `A page of the ${many} that the filters find; archived ones only where \`archived\` is among the filters.`,
      sentence: `A page of the ${many} ${owner}.`,
    },
    one: {
      name: `get${typeName}`,
      summary: `Show ${aRecord}`,
      rest: 'An archived one is shown, too.',
      sentence: `${aRecord.replace(/^a/, 'A')} by its number, also an archived one.`,
      refusals: 'NOT_FOUND',
    },
    update: {
      name: `update${typeName}`,
      summary: `Update ${aRecord}`,
      rest: `Only the fields that are sent change.${tellsOfReach(fields.update) ? ` ${ofUnseen}` : ''} An archived one is to be brought back first.`,
      sentence: `Change the fields of ${aRecord} that are sent.`,
      refusals: 'NOT_FOUND, CONFLICT (archived), VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED',
    },
    archive: {
      name: `archive${typeName}`,
      summary: `Archive ${aRecord}`,
      rest: 'Its history stays, and what refers to it still shows it. One that is archived already stays so.',
      sentence: `Archive ${aRecord}: its history stays, and what refers to it still shows it. One that is archived already stays so.`,
      refusals: 'NOT_FOUND, PRECONDITION_FAILED',
    },
    unarchive: {
      name: `unarchive${typeName}`,
      summary: `Bring an archived ${one} back`,
      rest: 'It comes back as it was. One that is not archived stays as it is.',
      sentence: `Bring an archived ${one} back as it was. One that is not archived stays as it is.`,
      refusals: 'NOT_FOUND, PRECONDITION_FAILED',
    },
  };
}
