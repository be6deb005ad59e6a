import { ApiProperty } from '@nestjs/swagger';
import { tiers, type Tier } from '#millwright/access';
import { SignedInUser } from './sign-in.fields.js';

class NamedCredential {
  @ApiProperty({ type: String, description: 'Its id.' }) id!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What it is called.' }) name!: string | null;
}

class MyCustomer {
  @ApiProperty({ type: 'integer', description: 'The number of the customer.' }) id!: number;
  @ApiProperty({ type: String, description: 'What the customer is called.' }) name!: string;
  @ApiProperty({ type: String, enum: [...tiers], description: 'Which tier the installation has.' }) tier!: Tier;
}

class MyEntity {
  @ApiProperty({ type: 'integer', description: 'The number of the site.' }) id!: number;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The role of the person or service account there; null where the credential has scopes of its own.',
  })
  role!: string | null;
  @ApiProperty({ type: [String], description: 'What may be done there.' }) scopes!: readonly string[];
}

class MyCredential {
  @ApiProperty({ type: String, description: 'Its kind.' }) kind!: string;
  @ApiProperty({ type: String, description: 'Its id.' }) id!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ends; null where it does not by itself.' })
  expires_at!: string | null;
}

/** Exactly one of user, client and key is there. */
export class MeAnswer {
  @ApiProperty({ type: SignedInUser, required: false, description: 'The person who has signed in.' }) user?: SignedInUser;
  @ApiProperty({ type: NamedCredential, required: false, description: 'The program that has a token.' }) client?: NamedCredential;
  @ApiProperty({ type: NamedCredential, required: false, description: 'The key.' }) key?: NamedCredential;
  @ApiProperty({ type: MyCustomer, description: 'Whose installation it is.' }) customer!: MyCustomer;
  @ApiProperty({ type: [MyEntity], description: 'The sites where something may be done.' }) entities!: readonly MyEntity[];
  @ApiProperty({ type: [String], description: 'What may be done at one site at least.' }) scopes!: readonly string[];
  @ApiProperty({ type: MyCredential, description: 'What the request came with.' }) credential!: MyCredential;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What a page sends along with every write of a session that a cookie keeps: `X-CSRF-Token`. Null for what is no session.',
  })
  csrf_token!: string | null;
}
