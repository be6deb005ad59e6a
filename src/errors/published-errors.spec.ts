import { readdirSync, readFileSync } from 'node:fs';
import { publishedDetails, publishedErrors } from './published-errors.js';

/** Where sources give an answer its code: the places a code stands in, and no other word in quotes. */
const givingCodes = [
  /\bcode: (?:[^,'\n]*\? )?'(\w+)'(?: : '(\w+)')?/g,
  /\bnew Rejection(?:WithHeaders)?\(\s*'(\w+)'/g,
  /\bpublished\('(\w+)'/g,
  /\binvalid\([^,]+, '(\w+)'/g,
  /\bproblem\(\w+, '(\w+)'/g,
  /\bwrong\('(\w+)'/g,
  /\bisKnown\('(\w+)'/g,
  // The table of limits of GraphQL documents.
  /^ {2}\w+: \['(\w+)', '[^']+'\],$/gm,
];

const codesIn = (file: string): string[] => {
  const text = readFileSync(file, 'utf8');
  return givingCodes.flatMap((giving) => [...text.matchAll(giving)].flatMap(([, ...codes]) => codes.filter((code) => code !== undefined)));
};

const sources = ['libs', 'src']
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => `${root}/${file}`))
  .filter((file) => file.endsWith('.ts') && !/(\.spec|\/errors)\.ts$/.test(file));
const given = new Set(sources.flatMap(codesIn));
/** What a part, or the size of a completion, says no to an order with becomes a detail in lower case. */
const givenToOrders = new Set(
  ['libs/inventory/src/domain/order-effects.ts', 'libs/work-orders/src/domain/work-order-completion.ts']
    .flatMap(codesIn)
    .map((code) => code.toLowerCase()),
);

/** What the rule of passwords says no with is the code itself. */
const givenToPasswords = new Set(
  [...readFileSync('libs/sign-in/src/domain/password-rules.ts', 'utf8').matchAll(/\breturn (?:[^';\n]+ \? )?'(\w+)'/g)].map(
    ([, code]) => code,
  ),
);

it('publishes no detail code that nothing answers', () => {
  expect(
    Object.keys(publishedDetails).filter((code) => ![given, givenToOrders, givenToPasswords].some((codes) => codes.has(code))),
  ).toEqual([]);
});

it('publishes no error that nothing answers', () => {
  expect(Object.keys(publishedErrors).filter((code) => !given.has(code))).toEqual([]);
});

it('lists errors by their status, for whoever reads the table', () => {
  const statuses = Object.values(publishedErrors).map(({ status }) => status);
  expect(statuses).toEqual(statuses.toSorted((one, other) => one - other));
});
