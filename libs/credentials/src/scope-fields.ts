import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '#millwright/fields';
import { SiteIdsScalar } from './site-ids-scalar.js';

const mostScopes = 500;
const mostSites = 10_000;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const scopes: FieldKind = {
  column: 'jsonb',
  check(value) {
    if (!isList(value)) return { code: 'not_a_list', message: 'must be a list of scopes' };
    if (value.length === 0) return { code: 'required', message: 'must name at least one scope: nothing never means everything' };
    if (value.length > mostScopes) return { code: 'too_many', message: `must not have more than ${mostScopes} entries` };
    return value.every((scope) => typeof scope === 'string') ? undefined : { code: 'not_text', message: 'must contain texts only' };
  },
  convert: (value) => (isList(value) && value.every((scope) => typeof scope === 'string') ? [...new Set(value)].sort() : value),
  graphql: () => [String],
  openApi: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: mostScopes },
};

/** Scopes by name, in order and each once; which there are is asked elsewhere. Codes: required, not_a_list, too_many, not_text. */
export const Scopes = (options: FieldOptions): PropertyDecorator => inputField(scopes, options);

const sites: FieldKind = {
  column: 'jsonb',
  check(value) {
    if (value === 'all') return undefined;
    if (!isList(value)) return { code: 'not_a_list', message: 'must be a list of the ids of sites, or "all"' };
    if (value.length === 0) return { code: 'required', message: 'must name at least one site: nothing never means all' };
    if (value.length > mostSites) return { code: 'too_many', message: `must not have more than ${mostSites} entries` };
    const isId = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) > 0;
    return value.every(isId) ? undefined : { code: 'not_an_id', message: 'must contain positive whole numbers only' };
  },
  convert: (value) =>
    isList(value) && value.every((id) => typeof id === 'number') ? [...new Set(value)].sort((one, other) => one - other) : value,
  graphql: () => SiteIdsScalar,
  openApi: {
    oneOf: [
      { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: mostSites },
      { type: 'string', enum: ['all'] },
    ],
  },
};

/** Sites by their ids, or `"all"`: those there are and those to come. Codes: required, not_a_list, too_many, not_an_id. */
export const SiteIds = (options: FieldOptions): PropertyDecorator => inputField(sites, options);

const shownSites: FieldKind = {
  ...sites,
  openApiShown: {
    oneOf: [
      { type: 'array', items: { type: 'integer', minimum: 1 } },
      { type: 'string', enum: ['all'] },
    ],
  },
};

/** Sites as answers show them: those of a list that exist for whoever asks. */
export const ShownSiteIds = (options: ShownOptions): PropertyDecorator => shownField(shownSites, options);
