/** `part-72`: category and id of a stream. A category is camelCase without a dash, because EventStoreDB cuts it at the first one. */
export const streamName = (category: string, id: number | string): string => `${category}-${id}`;

/** What kind of thing a stream is about: `part` of `part-72`. */
export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

/** The number of the record that a stream is about: 72 of `part-72`; NaN for a stream that is not named by a number. */
export const idOf = (stream: string): number => Number(stream.slice(stream.indexOf('-') + 1));
