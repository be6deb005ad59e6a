import { readdirSync, readFileSync } from 'node:fs';
import { publishedDetails, publishedErrors } from './published-errors.js';

/** Every word that the sources have in quotes, apart from where codes are defined; what a part answers to an order becomes a detail in lower case. */
const quotedWords = new Set(
  ['libs', 'src']
    .flatMap((root) => readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) => `${root}/${file}`))
    .filter((file) => file.endsWith('.ts') && !/(\.spec|\/errors)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'(\w+)'/g)].map(([, word = '']) => word.toLowerCase())),
);

it('publishes no detail code that nothing answers', () => {
  expect(Object.keys(publishedDetails).filter((code) => !quotedWords.has(code))).toEqual([]);
});

it('lists errors by their status, for whoever reads the table', () => {
  const statuses = Object.values(publishedErrors).map(({ status }) => status);
  expect(statuses).toEqual(statuses.toSorted((one, other) => one - other));
});
