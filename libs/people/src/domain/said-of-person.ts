import { plainLetters } from '#millwright/event-sourcing/decider';

/** Whom an answer may speak of: his number, and what he was ever called and reached by. */
export type SpokenOf = Readonly<{ id: number; texts: readonly string[]; emails: readonly string[] }>;

/** What only people have, in snake_case as REST has it; GraphQL says the same in camelCase. */
const fieldsOfUsers = new Set(['surname', 'full_name', 'login_identifier', 'phone_number', 'job_title']);
/** What those have, too, who are no users. */
const fieldsOfAnybody = new Set([...fieldsOfUsers, 'email', 'phone', 'signed_at']);
/** Under which names people stand in records, and operations on people in answers of GraphQL. */
const namesOfUsers = /(^|_)(users?|by|person|technicians?|assigned_to)$/;
/** Steps of GraphQL's connections: what stands there is what the connection is named for. */
const steps = new Set(['nodes', 'edges', 'node']);

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Whether nothing else is likely to be called so: an address, a number, or a name of several words. */
const isDistinctive = (text: string): boolean => /[@\s]/.test(text) || (text.length >= 7 && /\d/.test(text));

const withoutAccents = (text: string): string => text.normalize('NFKD').replace(/[\p{Cf}\u0300-\u036f]/gu, '');

/** Before anything is decomposed: an acute accent that stands alone would be a blank with an accent. */
const apostrophes = /[\u2018\u2019\u201b\u02bc\u2032\u00b4`]/g;

/** What is read alike: without regard to case, accents and ligatures, to the kind of apostrophe or hyphen, to invisible characters and to how much space there is. */
const readAlike = (text: string): string =>
  withoutAccents(withoutAccents(text.replace(apostrophes, "'")).toLowerCase())
    .replace(/\p{Ll}/gu, (letter) => plainLetters[letter] ?? letter)
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\s+/g, ' ')
    .trim();

const withoutSpace = (text: string): string => readAlike(text).replaceAll(' ', '');
/** Digits that are written in groups, as one. */
const inOneGroup = (text: string): string => readAlike(text).replace(/(?<=\d)[ ().,/-]+(?=\d)/g, '');

/** How many digits at its end tell a telephone number, whatever stands before them: a country code, a plus or 00 before that, or a 0 in place of both. */
const tellingDigits = 7;
const dialled = /^(\+?[\d ().,/-]+?)(?:[ ,;]*(?:extension|ext\.?|x|#)[ .:=]*\d{1,6})?$/;
/** Few digits behind the hyphen of a long number are whom it is put through to. */
const extension = /[/-] ?\d{1,3}$/;
const leastBeforeExtension = 9;

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** The digits of a telephone number, and those without what may be an extension; none of anything else, nor of so few that they may mean anything. */
function numbersIn(said: string): string[] {
  const number = dialled.exec(said)?.[1] ?? '';
  const [whole, shorter] = [digitsOf(number), digitsOf(number.replace(extension, ''))];
  if (whole.length < tellingDigits) return [];
  return shorter.length < whole.length && shorter.length >= leastBeforeExtension ? [whole, shorter] : [whole];
}

/** The last digits of all that a text may dial: up to wherever a group of digits ends, since others may follow that are not part of the number. */
function dialledIn(text: string): ReadonlySet<string> {
  const ends = new Set<string>();
  for (const [run] of text.matchAll(/\d(?:[ ()[\].,:/_|·*+-]*\d)*/g)) {
    let digits = '';
    for (const [group] of run.matchAll(/\d+/g)) {
      digits += group;
      if (digits.length >= tellingDigits) ends.add(digits.slice(-tellingDigits));
    }
  }
  return ends;
}

/** Letters of scripts that write spaces between words. */
const letter = String.raw`[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]`;
/** Names stand in texts as words: An Li is not in a plan that was lifted. */
const standsIn = (text: string, said: string): boolean =>
  new RegExp(
    `(?<!${letter})${said.replace(/[^\p{L}\p{N}\s]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)}(?!${letter})`,
    'u',
  ).test(text);

const dates = /(?<!\d)(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?!\d)/g;

const address = /[^\s@]@[^\s@]|[^\s@]\s*@\s*[^\s@]+\.[^\s@]/;

/** Whether a text may say how somebody is reached, whoever that is: an address, or as many digits as a telephone number has and no date. */
export const saysHowToReach = (text: string): boolean =>
  address.test(readAlike(text)) || /\d{7}/.test(inOneGroup(readAlike(text).replace(dates, ' x ')));

/**
 * Whether a text names him by an address, a number or his whole name, however it is spaced and whichever letters are capitals. A single word may be
 * anybody's, or mean something else; a number is his that ends as his does.
 */
export function isNamedIn({ texts, emails }: SpokenOf, text: string): boolean {
  const [read, dense, grouped] = [readAlike(text), withoutSpace(text), inOneGroup(text)];
  const ends = dialledIn(read);
  const isSaid = (said: string): boolean => {
    if (said.includes('@')) return dense.includes(withoutSpace(said));
    const numbers = numbersIn(said);
    if (numbers.length === 0) return standsIn(read, said);
    return numbers.some((digits) => grouped.includes(digits) || ends.has(digits.slice(-tellingDigits)));
  };
  return (
    texts.map(readAlike).some((said) => isDistinctive(said) && isSaid(said)) ||
    emails.map(withoutSpace).some((said) => dense.includes(said))
  );
}

/** One of these stands in the JSON of every answer that speaks of him, and in others. */
export const tracesInAnswers = ({ id, texts, emails }: SpokenOf): string[] => [
  ...texts.map((text) => JSON.stringify(text)),
  ...emails.map((email) => JSON.stringify(email).slice(1, -1)),
  `"id":${id},`,
  `"id":${id}}`,
  `"id":"${id}"`,
];

/**
 * Whether an answer in JSON shows him: a person with his number, an address or a number of his anywhere, or a name of his where a person stands who
 * has no other number. What the answer says of itself (`meta`) names sites, and no people.
 */
export function speaksOf(person: SpokenOf): (body: string) => boolean {
  const names = new Set(person.texts);
  const distinctive = new Set(person.texts.filter(isDistinctive));
  const isHis = (text: string): boolean => distinctive.has(text) || person.emails.some((email) => text.includes(email));

  const isHim = (fields: Readonly<Record<string, unknown>>, place: string): boolean => {
    const known = Object.keys(fields).map(snakeCase);
    const isUser = namesOfUsers.test(place) || known.some((name) => fieldsOfUsers.has(name));
    const number = fields['id'];
    if (number != null) return isUser && (number === person.id || number === String(person.id));
    const isSomebody = isUser || known.some((name) => fieldsOfAnybody.has(name));
    return isSomebody && Object.values(fields).some((value) => typeof value === 'string' && names.has(value));
  };

  const shows = (value: unknown, place: string): boolean => {
    if (typeof value === 'string') return isHis(value);
    if (Array.isArray(value)) return value.some((item) => shows(item, place));
    if (value === null || typeof value !== 'object') return false;
    const fields = value as Readonly<Record<string, unknown>>;
    if (isHim(fields, place)) return true;
    return Object.entries(fields).some(
      ([name, inner]) => !(name === 'meta' && 'data' in fields) && shows(inner, steps.has(name) ? place : snakeCase(name)),
    );
  };

  return (body) => shows(parsed(body), '');
}

/** What is no JSON is one text. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
