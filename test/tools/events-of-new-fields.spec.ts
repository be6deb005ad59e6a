import { partFields } from '#millwright/inventory';
import { workOrderFields } from '#millwright/work-orders';
import type { ResourceFields } from '#millwright/resources';
import { withDetails } from '../../tools/documents/events-document.js';
import { lostSince, publishedEvents, type EventsDocument } from '../../tools/documents/events-only-grow.js';

type Node = Record<string, unknown>;

/** The published document, and the same before some fields of an object came to it. */
function published(names: readonly string[], ...place: readonly string[]): Record<'now' | 'before', EventsDocument> {
  const now = publishedEvents();
  if (!now) throw new Error('docs/events.json is missing');
  const before = structuredClone(now);
  const node = place.reduce((parent, name) => parent[name] as Node, before.events as Node);
  node['required'] = (node['required'] as string[]).filter((name) => !names.includes(name));
  for (const name of names) Reflect.deleteProperty(node['properties'] as Node, name);
  return { now, before };
}

/** The document that is made of one event of the published one by the fields of today. */
function generated(name: string, fields: ResourceFields, { now, before }: Record<'now' | 'before', EventsDocument>): EventsDocument {
  const event = now.events[name] as Parameters<typeof withDetails>[0][number][1];
  return { ...now, events: { ...now.events, ...Object.fromEntries(withDetails([[name, event]], fields, before)) } };
}

describe('the published events', () => {
  it('take a new field of a part, which they demand of no part', () => {
    const were = published(['area', 'qrCode'], 'PartRegistered', 'data', 'properties', 'details');
    const are = generated('PartRegistered', partFields, were);
    expect(lostSince(were.before, are)).toEqual([]);
    expect(are.events['PartRegistered']?.data).toMatchObject({
      properties: { details: { properties: { area: { type: ['string', 'null'] } }, required: expect.not.arrayContaining(['area']) } },
    });
    expect(generated('PartRegistered', partFields, { now: are, before: are })).toEqual(are);
  });

  it('take a new field of the items of an order, which they demand of no item', () => {
    const items = ['data', 'properties', 'details', 'properties', 'checklist', 'items'];
    const were = published(['checked'], 'WorkOrderOpened', ...items);
    expect(lostSince(were.before, generated('WorkOrderOpened', workOrderFields, were))).toEqual([]);
  });
});
