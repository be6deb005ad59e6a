import type { Position, RecordedEvent } from '../event.js';

/** A piece of the log on its way to the runners: the events with their categories, and the position it reaches. */
export type Stretch = Readonly<{ events: readonly RecordedEvent[]; categories: readonly string[]; upTo: Position }>;

const categoryOf = ({ stream }: RecordedEvent): string => stream.slice(0, stream.indexOf('-'));

export const stretchOf = (events: readonly RecordedEvent[], upTo: Position): Stretch => ({
  events,
  categories: events.map(categoryOf),
  upTo,
});
