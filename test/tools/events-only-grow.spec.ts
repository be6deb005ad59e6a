import { lostSince, type EventsDocument } from '../../tools/documents/events-only-grow.js';

type Data = Readonly<Record<string, unknown>>;
const text = { type: 'string' };
const decimal = { $ref: '#/$defs/Decimal' };

const documentOf = (events: Readonly<Record<string, Data>>, metadata: Data = { properties: { actor: text } }): EventsDocument => ({
  type: 'object',
  properties: { metadata: { type: 'object', ...metadata } },
  $defs: { Decimal: { type: 'string', pattern: '^\\d+$' } },
  events: Object.fromEntries(Object.entries(events).map(([name, data]) => [name, { category: 'part', data: { type: 'object', ...data } }])),
});

const properties = { quantity: decimal, note: text, kind: { enum: ['new', 'used'] } };
const Restocked = { required: ['quantity'], properties };
const issuedOf = (line: Data): Data => ({ properties: { lines: { type: 'array', items: line } } });
const Issued = issuedOf({ type: 'object', properties: { part: { type: 'integer' } } });
const published = documentOf({ Restocked, Issued });
const grown = (restocked: Data, others: Readonly<Record<string, Data>> = {}): EventsDocument =>
  documentOf({ Restocked: { ...Restocked, ...restocked }, Issued, ...others });

describe('the events that are published', () => {
  it.each([
    ['as they are', grown({})],
    ['in other words', grown({ description: 'Stock came.' })],
    ['with another event', grown({}, { Counted: { required: ['quantity'], properties: { quantity: decimal } } })],
    ['with a second version', grown({}, { 'Restocked 2': { required: ['supplier'], properties: { supplier: text } } })],
    ['with a further field that may be missing', grown({ properties: { ...properties, supplier: text } })],
    ['with a further choice', grown({ properties: { ...properties, kind: { enum: ['new', 'used', 'repaired'] } } })],
    ['with a field that may be null by now', grown({ properties: { ...properties, note: { type: ['string', 'null'] } } })],
  ])('may stay: %s', (_, now) => {
    expect(lostSince(published, now)).toEqual([]);
  });

  it.each([
    ['an event', documentOf({ Restocked }), 'gone: Issued object'],
    ['a field', grown({ properties: { quantity: decimal, kind: properties.kind } }), 'gone: Restocked.note string'],
    ['a choice', grown({ properties: { ...properties, kind: { enum: ['new'] } } }), 'gone: Restocked.kind "used"'],
    ['the type of a field', grown({ properties: { ...properties, note: decimal } }), 'gone: Restocked.note string'],
    ['what must be there', grown({ required: [] }), 'gone: Restocked.quantity! Decimal'],
    ['the form of what lies inside', grown({}, { Issued: issuedOf(text) }), 'gone: Issued.lines[].part integer'],
  ])('may not lose %s', (_, now, line) => {
    expect(lostSince(published, now)).toContain(line);
  });

  it('may not demand what is not in the log, in an event or beside all of them', () => {
    expect(lostSince(published, grown({ required: ['quantity', 'supplier'], properties: { ...properties, supplier: text } }))).toEqual([
      'required by now: Restocked.supplier! string',
    ]);
    const inner = issuedOf({ type: 'object', required: ['at'], properties: { part: { type: 'integer' }, at: text } });
    expect(lostSince(published, grown({}, { Issued: inner }))).toEqual(['required by now: Issued.lines[].at! string']);
    const { events } = published;
    const envelope = documentOf({}, { required: ['credential'], properties: { actor: text, credential: text } });
    expect(lostSince(published, { ...envelope, events })).toEqual(['required by now: event.metadata.credential! string']);
  });
});
