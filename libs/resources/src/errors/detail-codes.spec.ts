import { readdirSync, readFileSync } from 'node:fs';
import { detailCodes } from './detail-codes.js';

/** The sources that can refuse a field, and how they write the code down. */
const sources = ['libs', 'src'].flatMap((room) =>
  readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(`${room}/${file}`, 'utf8')),
);
const written = [
  /\bcode: '([a-z]+(?:_[a-z]+)*)'/g,
  /\bproblem\('([a-z_]+)'/g,
  /\binvalid\('[\w.]+', '([a-z_]+)'/g,
  /\['(too_[a-z_]+)',/g,
  /\bknownText\('([a-z_]+)'/g,
];

it('publishes every detail code that the sources can answer, and no other', () => {
  const used = new Set(sources.flatMap((text) => written.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code]) => code))));
  used.delete('text'); // a column of the same name, not a refusal
  // What a part answers to an order, in lower case.
  for (const code of ['insufficient_stock', 'value_out_of_range', 'conflict']) used.add(code);
  expect([...used].sort()).toEqual(Object.keys(detailCodes).sort());
});
