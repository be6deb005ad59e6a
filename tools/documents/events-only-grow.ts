import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

type Schema = Readonly<Record<string, unknown>>;
/** What docs/events.json holds: the envelope's schema, and under `events` the data of each type. */
export type EventsDocument = Schema & Readonly<{ events: Readonly<Record<string, Readonly<{ category: string; data: unknown }>>> }>;

const path = 'docs/events.json';

/** Events, and fields of events, that stood in the document and were never in a release; nobody has them in a log. */
const neverReleased = [
  'AlarmRaised.details!.checklist![]',
  'WorkOrderDetailsChanged.changes!.checklist[]',
  'WorkOrderOpened.details!.checklist![]',
].flatMap((item) => [`${item}.checked_at`, `${item}.checked_by`]);

/**
 * Compares the events with the document as it lies here, and as git has it now and had it one commit ago (the base of a merge), as far as git knows:
 * a shallow or unpacked copy is held to what it has.
 * @throws Error when a published event is gone, or no longer takes what is stored
 */
export function assertOnlyGrows(now: EventsDocument): void {
  const lost = [publishedEvents(), asInGit('HEAD'), asInGit('HEAD~1')].flatMap((before) => (before ? lostSince(before, now) : []));
  if (lost.length === 0) return;
  const list = [...new Set(lost)].map((line) => `  ${line}`).join('\n');
  throw new Error(
    `${path} may only grow, for events are stored for ever:\n${list}\nAdd a version beside the event, with an upcaster between the two (libs/work-orders/src/upcasters.ts has one).`,
  );
}

/** The document as it lies here; undefined where there is none yet. */
export const publishedEvents = (): EventsDocument | undefined => parsed(() => readFileSync(path, 'utf8'));

const asInGit = (commit: string): EventsDocument | undefined =>
  parsed(() => execFileSync('git', ['show', `${commit}:${path}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

/** Undefined where there is no such text: no file yet, no git, or no such commit. What is there must be JSON. */
function parsed(read: () => string): EventsDocument | undefined {
  let text: string;
  try {
    text = read();
  } catch {
    return undefined;
  }
  return JSON.parse(text) as EventsDocument;
}

/** What of `before` is no longer so, and what is demanded now that stored events need not have; each in a line that names event and field. */
export function lostSince(before: EventsDocument, now: EventsDocument): string[] {
  const [were, are] = [linesOf(before), linesOf(now)];
  const lost = [...were].filter((line) => !are.has(line)).map((line) => `gone: ${line}`);
  const demanded = [...are].filter((line) => !were.has(line) && demandsMore(line, were)).map((line) => `required by now: ${line}`);
  return [...lost, ...demanded];
}

/** A field that must be there, in an object that was stored without it. */
function demandsMore(line: string, were: ReadonlySet<string>): boolean {
  const [place = ''] = line.split(' ');
  const parent = place.slice(0, place.lastIndexOf('.'));
  return place.endsWith('!') && were.has(`${parent} object`);
}

/** The document as a set of lines, one for each thing that a stored event may rely on: `PartRestocked.quantity! Decimal`. `!` must be there. */
function linesOf({ events, $defs, ...envelope }: EventsDocument): Set<string> {
  const lines = new Set([...linesOfSchema('event', envelope), ...linesOfSchema('Decimal', ($defs as Record<string, unknown>)['Decimal'])]);
  for (const [name, { category, data }] of Object.entries(events)) {
    const event = name.replaceAll(' ', '#');
    for (const line of [`${event} in ${category}`, ...linesOfSchema(event, data)]) if (!wasNeverReleased(line)) lines.add(line);
  }
  return lines;
}

const wasNeverReleased = (line: string): boolean =>
  neverReleased.some((place) => line.startsWith(place) && /^[ .![]/.test(line.slice(place.length)));

function linesOfSchema(place: string, schema: unknown): string[] {
  const { $ref, anyOf, type, const: only, enum: choices, pattern, format, items, properties, required } = schema as Schema;
  if (typeof $ref === 'string') return [`${place} ${$ref.split('/').at(-1) ?? ''}`];
  if (Array.isArray(anyOf)) return anyOf.flatMap((one) => linesOfSchema(place, one));
  const values = Array.isArray(choices) ? (choices as unknown[]) : only === undefined ? undefined : [only];
  if (values) return values.map((value) => `${place} ${JSON.stringify(value)}`);
  const restriction = [format, pattern].flatMap((text) => (typeof text === 'string' ? [` ${text}`] : []));
  const types: readonly unknown[] = Array.isArray(type) ? type : [type ?? 'anything'];
  return [
    ...types.map((one) => `${place} ${one as string}${restriction.join('')}`),
    ...(items === undefined ? [] : linesOfSchema(`${place}[]`, items)),
    ...Object.entries((properties ?? {}) as Schema).flatMap(([name, property]) =>
      linesOfSchema(`${place}.${name}${Array.isArray(required) && required.includes(name) ? '!' : ''}`, property),
    ),
  ];
}
