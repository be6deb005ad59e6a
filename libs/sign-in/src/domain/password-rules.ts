/** What a password may not be, by the codes that `details` name (contract, part 4, S57). */
export type PasswordProblem = 'too_short' | 'too_long' | 'too_common' | 'own_name';

/** What a person is known by, whoever knows of it: nothing of that is a secret. */
export type KnownBy = Readonly<{
  name?: string | null;
  surname?: string | null;
  email?: string | null;
  loginIdentifier?: string | null;
}>;

/** In code points of the composed form. */
export const shortestPassword = 12;
/** In bytes of UTF-8: hashing takes as long as what is hashed, and nobody types more. */
export const longestPasswordBytes = 1_024;

/** The form that passwords are compared, counted and hashed in: two keyboards may compose one letter differently. */
export const composed = (password: string): string => password.normalize('NFC');

export const folded = (text: string): string => composed(text).toLowerCase();

/**
 * Why somebody may not have this password; undefined where he may.
 * @param isCommon whether a folded text is one of the commonest passwords
 */
export function passwordProblem(password: string, person: KnownBy, isCommon: (text: string) => boolean): PasswordProblem | undefined {
  const text = composed(password);
  if (Buffer.byteLength(text) > longestPasswordBytes) return 'too_long';
  if ([...text].length < shortestPassword) return 'too_short';
  const whole = folded(text);
  if (namesOf(person).some((name) => isWithDigits(whole, name))) return 'own_name';
  return startsBeforeDigits(whole).some(isCommon) ? 'too_common' : undefined;
}

function namesOf({ name, surname, email, loginIdentifier }: KnownBy): string[] {
  const localPart = email?.replace(/@[^@]*$/, '');
  const whole = [name, surname].filter((part) => part);
  const names = [name, surname, whole.join(' '), whole.join(''), email, localPart, loginIdentifier];
  return names.flatMap((known) => (known?.trim() ? [folded(known.trim())] : []));
}

const isWithDigits = (text: string, name: string): boolean => text.startsWith(name) && /^\d*$/.test(text.slice(name.length));

/** The text, and what is left of it when digits at its end are taken away, one after the other, as far as a password may be short. */
function startsBeforeDigits(text: string): string[] {
  const digits = /\d*$/.exec(text)?.[0].length ?? 0;
  const fewest = Math.max(shortestPassword, text.length - digits);
  return Array.from({ length: Math.max(1, text.length - fewest + 1) }, (_, taken) => text.slice(0, text.length - taken));
}
