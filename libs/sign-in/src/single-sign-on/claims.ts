import { emailIn } from '#millwright/people';

/** What an issuer says of somebody. */
export type Claims = Readonly<{
  subject: string;
  email: string | null;
  /** Whether the issuer has seen to it that the address is his. */
  emailVerified: boolean;
  name: string | null;
  surname: string | null;
  locale: string | null;
}>;

/** Claims as they came: whoever runs an issuer may write anything there. */
export type Said = Readonly<Record<string, unknown>>;

/** As OpenID Connect has it. */
const longestSubject = 255;
const strange = /[\p{Cc}\p{Surrogate}]/u;

/**
 * What can be gone on with; undefined where the subject is none.
 * @param signed what is signed by the issuer
 * @param asked what it tells beside that, when it is asked
 */
export function claimsIn(signed: Said, asked: Said = {}): Claims | undefined {
  const { sub: subject } = signed;
  if (typeof subject !== 'string' || subject === '' || subject.length > longestSubject || strange.test(subject)) return undefined;
  // Address and whether it is his are from one mouth.
  const { email, email_verified: verified } = 'email' in signed ? signed : asked;
  // What is no address for a person here is none of the issuer's either: two spellings of one address would be two people.
  const address = typeof email === 'string' ? emailIn(email) : undefined;
  const textOf = (name: string): string | null => {
    const found = [signed[name], asked[name]].find((value) => typeof value === 'string' && value.trim() !== '');
    return typeof found === 'string' ? found : null;
  };
  const given = textOf('given_name');
  return {
    subject,
    email: address ?? null,
    emailVerified: address !== undefined && verified === true,
    name: given ?? textOf('name'),
    surname: given === null ? null : textOf('family_name'),
    locale: textOf('locale'),
  };
}
