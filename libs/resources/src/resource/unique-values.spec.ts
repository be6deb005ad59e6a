import { foldedValue } from './unique-values.js';

const letters = function* (): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code++) if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code);
};

/** As regular expressions have it, which fold by Unicode's own table. */
const isAlike = (one: string, other: string): boolean => new RegExp(`^\\u{${one.codePointAt(0)?.toString(16)}}$`, 'iu').test(other);

describe('a value without case', () => {
  it('has the letters of simple case folding, and no others, for all of Unicode', () => {
    const wrong: string[] = [];
    for (const letter of letters()) {
      // What is composed of others, or a blank, is another text before it is folded.
      if (letter.normalize('NFC') !== letter || letter.trim() === '') continue;
      const folded = foldedValue(letter);
      const others = [letter.toLowerCase(), letter.toUpperCase(), letter.toUpperCase().toLowerCase(), letter.toLowerCase().toUpperCase()];
      if (folded !== letter && !isAlike(folded, letter)) wrong.push(`${letter} is no ${folded}`);
      for (const other of others)
        if (other !== letter && [...other].length === 1 && isAlike(other, letter) !== (foldedValue(other) === folded))
          wrong.push(`${letter} ${other}`);
    }
    expect(wrong).toEqual([]);
  });

  it('keeps a dotless i and a dotted capital apart from i', () => {
    const known = ['i', 'I', '\u0131', '\u0130'].map((letter) => foldedValue(`f${letter}n@x.io`));
    expect(known).toEqual(['fin@x.io', 'fin@x.io', 'f\u0131n@x.io', 'f\u0130n@x.io']);
  });
});
