/**
 * What somebody is called, or a title, as a letter says it: where lines ended is a space, for a name with lines of its own would write whatever it likes
 * into a letter that another gets, and so is every other control character.
 */
export const inOneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
