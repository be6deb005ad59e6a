import { ApiProperty, IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { defineChoices, inputField, Name, OneOf, textProblem, type FieldOptions } from '#millwright/fields';
import { Email } from '#millwright/people';

/** Far more than anybody types; whether it is too long for a password is said where one is chosen. */
const longestSecret = 10_000;

/** A password, or a token, to the letter: without it nothing goes on, and no answer shows it. */
export const Secret = (options: FieldOptions): PropertyDecorator =>
  inputField(
    {
      column: 'text',
      check: (value) =>
        value === '' ? { code: 'required', message: 'must not be empty' } : textProblem(value, { max: longestSecret, required: false }),
      graphql: () => String,
      openApi: { type: 'string', format: 'password', maxLength: longestSecret },
    },
    { required: true, personal: true, ...options },
  );

const sessionForms = defineChoices('SessionForm', 'How a client keeps its session.', {
  tokens: 'It gets tokens, and sends them along.',
  cookie: 'A browser keeps a cookie that no script can read; writes need the `X-CSRF-Token` that the answer tells.',
});

const sessionOptions = { description: 'How the session is kept; left out, by tokens.' };

/** Who signs in: by one of the two. */
class IdentifierInput {
  @Name({
    personal: true,
    max: 254,
    required: true,
    unless: 'loginIdentifier',
    description: 'The e-mail address, or a login that looks like one.',
    example: 'ann@example.com',
  })
  email?: string | null;
  @Name({ personal: true, description: 'What the person signs in with in place of the e-mail address.' })
  loginIdentifier?: string | null;
}

export class LoginInput extends IdentifierInput {
  @Secret({ description: 'The password.', example: 'a quiet place to sit' }) password!: string;
  @OneOf(sessionForms, sessionOptions) session?: string | null;
}

export class ForgottenInput extends IdentifierInput {}

export class RefreshInput {
  @Secret({ description: 'The refresh token of the last answer.' }) refresh_token!: string;
}

export class ChangePasswordInput {
  @Secret({ description: 'The password so far.' }) current!: string;
  @Secret({ description: 'The password from now on: at least 12 characters, none of the commonest, and not what you are called.' })
  new!: string;
}

export class LinkInput {
  @Secret({ description: 'What stands behind the # of the link.' }) token!: string;
  @Secret({ description: 'The password from now on: at least 12 characters, none of the commonest, and not what you are called.' })
  password!: string;
}

export class AcceptInput extends LinkInput {
  @OneOf(sessionForms, sessionOptions) session?: string | null;
}

export class SetupInput extends AcceptInput {
  @Name({ personal: true, required: true, description: 'What the first administrator is called.', example: 'Ann' }) name!: string;
  @Email() email!: string;
}

export class SignedInUser {
  @ApiProperty({ type: 'integer', description: 'The number of the person.' }) id!: number;
  @ApiProperty({ type: String, description: 'The given name, or the whole name.' }) name!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The family name.' }) surname!: string | null;
  @ApiProperty({ type: String, description: 'Name and surname.' }) full_name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The e-mail address.' }) email!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The language that the person reads.' }) language!: string | null;
}

class Urls {
  @ApiProperty({ type: String, description: 'Where REST is.' }) api!: string;
  @ApiProperty({ type: String, description: 'Where GraphQL is.' }) graphql!: string;
  @ApiProperty({ type: String, description: 'Where the documents are.' }) docs!: string;
  @ApiProperty({ type: String, description: 'Where the pages for people are.' }) app!: string;
}

export class SignedInAnswer {
  @ApiProperty({ type: String, description: 'To be sent along: `Authorization: Bearer <token>`.' }) access_token!: string;
  @ApiProperty({ type: String, description: 'Good once, for the next access token.' }) refresh_token!: string;
  @ApiProperty({ type: String, enum: ['Bearer'], description: 'How the access token is sent.' }) token_type!: 'Bearer';
  @ApiProperty({ type: 'integer', description: 'For how many seconds the access token is good.' }) expires_in!: number;
  @ApiProperty({ type: 'integer', description: 'For how many seconds the refresh token is good.' }) refresh_expires_in!: number;
  @ApiProperty({ type: SignedInUser, description: 'Who signed in.' }) user!: SignedInUser;
  @ApiProperty({ type: Urls, description: 'Where everything is.' }) urls!: Urls;
}

/** What a browser is told, which has a cookie. */
export class BrowserAnswer {
  @ApiProperty({ type: String, description: 'To be sent along with every write: `X-CSRF-Token`.' }) csrf_token!: string;
  @ApiProperty({ type: SignedInUser, description: 'Who signed in.' }) user!: SignedInUser;
  @ApiProperty({ type: Urls, description: 'Where everything is.' }) urls!: Urls;
}

/** Tokens, or what a browser is told in their place. */
export class LoginAnswer extends IntersectionType(
  PartialType(IntersectionType(OmitType(SignedInAnswer, ['user', 'urls'] as const), PickType(BrowserAnswer, ['csrf_token'] as const))),
  PickType(SignedInAnswer, ['user', 'urls'] as const),
) {}

export class SessionAnswer {
  @ApiProperty({ type: String, format: 'uuid', description: 'The id of the session.' }) id!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When the person signed in.' }) started_at!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was used last, within a minute.' }) last_used_at!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'Until when it can go on.' }) expires_at!: string;
  @ApiProperty({ type: String, description: 'From where the person signed in.' }) address!: string;
  @ApiProperty({ type: String, description: 'With what the person signed in.' }) user_agent!: string;
  @ApiProperty({ type: Boolean, description: 'Whether it is the one that asks.' }) current!: boolean;
}

export class LinkAnswer {
  @ApiProperty({ type: String, enum: ['mail', 'manual'], description: 'Whether the link was sent by mail, or is to be handed over.' })
  delivery!: 'mail' | 'manual';
  @ApiProperty({ type: String, nullable: true, description: 'The link, where it is to be handed over: shown this once.' }) link!:
    string | null;
  @ApiProperty({ type: String, nullable: true, description: 'What stands behind the # of the link, where it is to be handed over.' })
  token!: string | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'Until when the link is good.' }) expires_at!: string;
}
