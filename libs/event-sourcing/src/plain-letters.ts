/**
 * What people write for letters that Unicode makes of no plain one and an accent, all in lower case: what is searched (`app.folded`) and what is compared in
 * a decision take them for the same. A migration is written with them: another letter is another migration.
 */
export const plainLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŧ: 't',
  ς: 'σ',
};
