const utcMilliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** An instant as it is printed: ISO 8601 in UTC, without a fraction where there is none. */
export function instantText(instant: string | Date): string {
  // Most come as events and rows hold them, in the very form that is printed but for the fraction.
  if (typeof instant === 'string' && utcMilliseconds.test(instant)) return instant.endsWith('.000Z') ? `${instant.slice(0, 19)}Z` : instant;
  const text = (instant instanceof Date ? instant : new Date(instant)).toISOString();
  return text.replace('.000Z', 'Z');
}

/** The same for a value that may not be there. */
export const instantTextOrNull = (instant: string | Date | null | undefined): string | null =>
  instant == null ? null : instantText(instant);
