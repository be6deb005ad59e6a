import { Flag, Instant, Name, partialClassOf, Quantity, type Class } from '#millwright/fields';
import { Scopes, SiteIds } from './scope-fields.js';

/** What requests say of a credential, of whichever kind. */
export type CredentialInput = Readonly<{
  name: string;
  scopes?: string[];
  role?: string;
  entity_ids: 'all' | number[];
  expires_at?: string | null;
}>;

const name = { description: 'What it is called, for those who look after it: no name of a person, for it stays in the history.', required: true, max: 100 }; // prettier-ignore
const sites = { description: 'The sites that it opens, or `"all"`: those there are and those to come.', required: true, example: [1] };
const scopes = {
  description: 'What it may do there: some of what `GET /access/scopes` lists, and what whoever makes it may do himself.',
  required: true,
  example: ['parts:read', 'work_orders:read'],
};

export class ClientInput {
  @Name({ ...name, example: 'Business intelligence' }) name!: string;
  @Scopes(scopes) scopes!: string[];
  @SiteIds(sites) entity_ids!: 'all' | number[];
}

export class ApiKeyInput {
  @Name({ ...name, example: 'Import from the old system' }) name!: string;
  @Scopes(scopes) scopes!: string[];
  @SiteIds(sites) entity_ids!: 'all' | number[];
  @Instant({
    description: 'From when on it opens nothing any more; at most 366 days ahead.',
    required: true,
    example: '2027-06-30T00:00:00Z',
  })
  expires_at!: string;
}

export class ServiceAccountInput {
  @Name({ ...name, example: 'Vibration sensors' }) name!: string;
  @Name({ description: 'The name of the role that it has there.', required: true, max: 100, example: 'technician' }) role!: string;
  @SiteIds(sites) entity_ids!: 'all' | number[];
  @Instant({ description: 'From when on it opens nothing any more; left out, it does not end by itself.' }) expires_at?: string | null;
}

/** How its secret is followed by another one. */
export class RotateInput {
  @Quantity({
    description: 'For how many hours the secret before it works on.',
    atLeast: '0',
    atMost: '720',
    places: 6,
    initial: '24',
    example: 24,
  })
  overlap_hours?: string | null;
}

/** The same of a client, whose tokens live on. */
export class RotateClientInput extends RotateInput {
  @Flag({ description: 'Whether the access tokens that were got before end at once.', initial: false, example: false })
  revoke_tokens?: boolean | null;
}

export const ClientChanges = partialClassOf(ClientInput, 'ClientChanges') as Class<Partial<ClientInput>>;
export const ApiKeyChanges = partialClassOf(ApiKeyInput, 'ApiKeyChanges') as Class<Partial<ApiKeyInput>>;
export const ServiceAccountChanges = partialClassOf(ServiceAccountInput, 'ServiceAccountChanges') as Class<Partial<ServiceAccountInput>>;
