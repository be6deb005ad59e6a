import { createHash } from 'node:crypto';

type Published = Readonly<Record<string, string>>;
type Events = Readonly<Record<string, Readonly<{ data: unknown }>>>;

const fingerprintOf = ({ data }: Events[string]): string =>
  createHash('sha256')
    .update(JSON.stringify(inOneOrder(data)))
    .digest('hex')
    .slice(0, 16);

/** Descriptions are no part of what is stored, nor is the order in which a schema says it. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, item]) => !(name === 'description' && typeof item === 'string'));
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, item]) => [name, inOneOrder(item)]));
}

/**
 * The events as they were published, by fingerprints of their data, with those that are new. Events are stored for ever, so the list only grows.
 * @throws Error when a published event is gone or has changed: a new version belongs beside it, and an upcaster between the two
 */
export function publishedEvents(published: Published, events: Events): Published {
  const now = Object.fromEntries(Object.entries(events).map(([name, event]) => [name, fingerprintOf(event)]));
  const broken = Object.keys(published).filter((name) => now[name] !== published[name]);
  if (broken.length > 0)
    throw new Error(
      `published events must stay as they are: ${broken.join(', ')}. Add a version beside each, with an upcaster; if it was never released, take its line out of docs/published-events.json.`,
    );
  return now;
}
