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

/** Every script's ten digits stand side by side, from 0 on. */
function inOurDigits(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}

/** What is read alike: without regard to case, accents and ligatures, to the kind of apostrophe, hyphen or digit, to invisible characters and to how much space there is. */
const readAlike = (text: string): string =>
  withoutAccents(withoutAccents(text.replace(apostrophes, "'")).toLowerCase())
    .replace(/\p{Ll}/gu, (letter) => plainLetters[letter] ?? letter)
    .replace(/\p{Nd}/gu, inOurDigits)
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\s+/g, ' ')
    .trim();

const withoutSpace = (read: string): string => read.replaceAll(' ', '');
/** Digits that are written in groups, as one. */
const inOneGroup = (read: string): string => read.replace(/(?<=\d)[ ().,/-]+(?=\d)/g, '');
/** Addresses that are spelt out, as they are: ann (at) example dot com. */
const inSigns = (read: string): string =>
  read.replace(/ ?[([{<] ?dot ?[)\]}>] ?| dot /g, '.').replace(/(?: ?[([{<] ?at ?[)\]}>] ?| at )(?=[^\s@]+\.\p{L}{2})/gu, '@');

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

/** Scripts that write spaces between words, and nothing else onto them. */
const spaced = String.raw`\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}`;
const letter = `[${spaced}\\p{N}]`;
const [hasLetter, initial] = [new RegExp(letter, 'u'), new RegExp(`^[${spaced}]$`, 'u')];

/** As it is typed, not in a longer word: An Li is not in a plan that was lifted. */
const standsIn = (read: string, said: string): boolean =>
  new RegExp(
    `(?<!${letter})${said.replace(/[^\p{L}\p{N}\s]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)}(?!${letter})`,
    'u',
  ).test(read);

/** In scripts without spaces, where nothing tells how far a word goes, each character is one. */
const unspaced = ['Han', 'Hiragana', 'Katakana', 'Hangul', 'Thai', 'Lao', 'Khmer', 'Myanmar']
  .map((one) => String.raw`\p{scx=${one}}`)
  .join('');
const oneWord = new RegExp(String.raw`(?=\p{L})[${unspaced}]\p{M}*|(?:(?!(?=\p{L})[${unspaced}])[\p{L}\p{M}\p{N}])+`, 'gu');

/** Umlauts are read alike whether they are written with an e (for å, an a) or with nothing; so is any other ae, oe, ue or aa. */
const withoutUmlauts = (read: string): string => read.normalize('NFC').replace(/(?<=[aou])e|(?<=a)a/g, '');
const wordsOf = (read: string): readonly string[] => withoutUmlauts(read).match(oneWord) ?? [];

/** The words of a text, with hyphens and with apostrophes as spaces and as nothing. */
const readings = (read: string): (readonly string[])[] =>
  ['', ' '].flatMap((hyphen) => ['', ' '].map((apostrophe) => wordsOf(read.replaceAll('-', hyphen).replaceAll("'", apostrophe))));

/** Whether all words of a name stand side by side, in any order, at most with as many initials between them. */
const standSideBySide = (words: readonly string[], name: readonly string[]): boolean =>
  words.some((_, start) => {
    const left = [...name];
    for (const word of words.slice(start, start + 2 * name.length)) {
      const found = left.findIndex((said) => word === said || (!hasLetter.test(said) && word.includes(said)));
      if (found >= 0) left.splice(found, 1);
      else if (left.length === name.length || !initial.test(word)) return false;
      if (left.length === 0) return true;
    }
    return false;
  });

const isWord = (word: string): boolean => /^\p{L}{2}/u.test(word);

/** The name as it is, and without its initials, where that still says two words: John Smith is John A. Smith. */
function asKnown(name: readonly string[]): (readonly string[])[] {
  const shorter = name.filter((word) => !initial.test(word));
  return shorter.length < name.length && shorter.filter(isWord).length > 1 ? [name, shorter] : [name];
}

const dotted = String.raw`(?:[${spaced}]\.[ -]?){0,3}`;

/** Whether a word of a name stands beside the first letter of another one, with its dot: J. Smith and Smith, J. A. are John Smith. */
const standsShortened = (text: string, name: readonly string[]): boolean =>
  name.some((word, place) => {
    const others = name.filter((_, other) => other !== place).map(([first = '']) => first);
    const firsts = others.filter((first) => initial.test(first)).join('');
    if (firsts === '' || !isWord(word) || !hasLetter.test(word)) return false;
    const [short, whole] = [String.raw`${dotted}[${firsts}]\.`, `(?<!${letter})${word}(?!${letter})`];
    return new RegExp(String.raw`(?<!${letter})${short}[ -]?${dotted}${whole}|${whole},? ?${short}`, 'u').test(text);
  });

/** With the year in full, since groups of two digits may be a telephone number. */
const dates = /(?<![\d+./-])((19|20)\d\d-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./](19|20)\d\d)(?![./-]?\d)/g;
const withoutDates = (read: string): string => read.replace(dates, ' x ');

const address = /[^\s@]@[^\s@]|[^\s@]\s*@\s*[^\s@]+\.[^\s@]/;

/** Whether a text may say how somebody is reached, whoever that is: an address, or as many digits as a telephone number has and no date. */
export function saysHowToReach(text: string): boolean {
  const read = readAlike(text);
  return address.test(inSigns(read)) || /\d{7}/.test(inOneGroup(withoutDates(read)));
}

/**
 * Whether a text names him by an address, a number or his name, however it is spelt and in whatever order, with initials or without. A single word may be
 * anybody's, or mean something else; a number is his that ends as his does.
 */
export function isNamedIn({ texts, emails }: SpokenOf, text: string): boolean {
  const read = readAlike(text);
  const [dense, undated, words] = [withoutSpace(inSigns(read)), withoutDates(read), readings(read)];
  const [grouped, ends] = [inOneGroup(undated), dialledIn(undated)];
  const shortened = withoutUmlauts(read.replaceAll("'", ''));
  const isSaid = (said: string): boolean => {
    if (said.includes('@')) return dense.includes(withoutSpace(said));
    const numbers = numbersIn(said);
    if (numbers.length > 0) return numbers.some((digits) => grouped.includes(digits) || ends.has(digits.slice(-tellingDigits)));
    if (standsIn(read, said)) return true;
    const names = said.includes(' ') ? readings(said).filter((name) => name.length > 1) : [];
    return (
      names.flatMap(asKnown).some((name) => words.some((some) => standSideBySide(some, name))) ||
      names.some((name) => standsShortened(shortened, name))
    );
  };
  return (
    texts.map(readAlike).some((said) => isDistinctive(said) && isSaid(said)) ||
    emails.map(readAlike).some((said) => dense.includes(withoutSpace(said)))
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
