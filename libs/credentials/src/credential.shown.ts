import { ApiProperty } from '@nestjs/swagger';

const sites = {
  description: 'The sites that it opens, of those that exist for whoever asks; `"all"`: those there are and those to come.',
  oneOf: [
    { type: 'array', items: { type: 'integer', minimum: 1 } },
    { type: 'string', enum: ['all'] },
  ],
};

/** What answers show of every credential of a machine. */
export class ShownCredential {
  @ApiProperty({ type: Number, description: 'Its number, which is the same after its secret was rotated.' }) id!: number;
  @ApiProperty({ type: String, description: 'What it is called.' }) name!: string;
  @ApiProperty({ type: [String], description: 'What it may do at its sites, in order.' }) scopes!: readonly string[];
  @ApiProperty(sites) entity_ids!: 'all' | readonly number[];
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was made.' }) created_at!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was changed or rotated last.' }) updated_at!: string;
  @ApiProperty({ type: Number, description: 'The number of the user who made it.' }) created_by_id!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was used last, to within a minute.' })
  last_used_at!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Until when the secret before this one works, where it does.',
  })
  overlap_until!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was taken away.' }) revoked_at!: string | null;
}

export class Client extends ShownCredential {
  @ApiProperty({ type: String, description: 'What it calls itself, in public.' }) client_id!: string;
}

export class ApiKey extends ShownCredential {
  @ApiProperty({ type: String, format: 'date-time', description: 'From when on it opens nothing any more.' }) expires_at!: string;
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'The number of the person whose key it is; null: the administrator’s key itself.',
  })
  owner_id!: number | null;
}

export class ServiceAccount extends ShownCredential {
  @ApiProperty({ type: String, nullable: true, description: 'The name of its role.' }) role!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'From when on it opens nothing any more; null: it does not end by itself.' }) // prettier-ignore
  expires_at!: string | null;
}

const once = { type: String, nullable: true, description: 'Shown this once; null where a request is repeated with its Idempotency-Key.' };

export class ClientWithSecret extends Client {
  @ApiProperty(once) client_secret!: string | null;
}

export class ApiKeyWithSecret extends ApiKey {
  @ApiProperty(once) key!: string | null;
}

export class ServiceAccountWithSecret extends ServiceAccount {
  @ApiProperty(once) key!: string | null;
}

/** What whoever looks after access should look at. */
export class ReviewedCredential {
  @ApiProperty({ type: String, enum: ['bootstrap', 'api_key', 'client', 'service_account'], description: 'What kind of credential it is.' })
  kind!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Its number; null for the administrator’s key.' }) id!: number | null;
  @ApiProperty({ type: String, nullable: true, description: 'What it is called.' }) name!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was made.' }) created_at!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was used last.' }) last_used_at!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ends by itself.' }) expires_at!: string | null;
  @ApiProperty({
    type: [String],
    enum: ['unused_for_90_days', 'expired', 'bootstrap_key_beside_administrators'],
    description: 'Why it should be looked at; empty where nothing is to be said.',
  })
  flags!: readonly string[];
}
