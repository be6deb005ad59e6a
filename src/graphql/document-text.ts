import { refuseAbove } from './limits.js';

/**
 * Judges a document's text before it is parsed: the parser goes as deep as brackets stand in one another.
 * @throws Rejection VALIDATION_FAILED
 */
export function assertSize(text: string): void {
  refuseAbove('characters', text.length);
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '[':
      case '{':
      case '(':
        refuseAbove('brackets', ++depth);
        break;
      case ']':
      case '}':
      case ')':
        depth--;
        break;
      case '#':
        at = endOf(text, '\n', at);
        break;
      case '"':
        at = text.startsWith('"""', at) ? endOfBlock(text, at + 3) : endOfString(text, at + 1);
    }
  }
}

/** Where something ends, or the end of the text: what does not end is for the parser to refuse. */
function endOf(text: string, what: string, from: number): number {
  const end = text.indexOf(what, from);
  return end < 0 ? text.length : end;
}

function endOfString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"' || text[at] === '\n') return at;
    if (text[at] === '\\') at++;
  }
  return text.length;
}

/** The last quote of a block string; \""" stands for three quotes inside of one. */
function endOfBlock(text: string, from: number): number {
  let end = endOf(text, '"""', from);
  while (end < text.length && text[end - 1] === '\\') end = endOf(text, '"""', end + 3);
  return end + 2;
}
