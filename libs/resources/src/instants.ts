/** An instant as it is printed: ISO 8601 in UTC, without a fraction where there is none. */
export function instantText(instant: string | Date): string {
  const text = (instant instanceof Date ? instant : new Date(instant)).toISOString();
  return text.replace('.000Z', 'Z');
}

/** The same for a value that may not be there. */
export const instantTextOrNull = (instant: string | Date | null | undefined): string | null =>
  instant == null ? null : instantText(instant);
