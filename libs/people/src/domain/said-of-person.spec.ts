import { isNamedIn, saysHowToReach, speaksOf, tracesInAnswers } from './said-of-person.js';

const li = { id: 2, texts: ['li', 'Chen', 'li Chen', 'stock', '5550142', '4711'], emails: ['li@example.com'] };

/** As `IdempotencyKeys.forgetAnswers` looks for them: what is not worth a look is not judged. */
const isForgotten = (answer: unknown): boolean => {
  const body = JSON.stringify(answer);
  return tracesInAnswers(li).some((trace) => body.includes(trace)) && speaksOf(li)(body);
};

const meta = { entity: { id: 2, name: 'Plant 2' }, position: '7' };
const by = (id: number, name: string) => ({ id, name, surname: null });

describe('a kept answer', () => {
  it.each([
    ['was made by the person, under whatever name', { data: { id: 9, name: 'Belt', created_by: by(2, 'Earlier') }, meta }],
    ['is about the person', { data: { id: 2, name: 'Earlier', surname: null, job_title: 'stock' }, meta }],
    ['assigns something, in a batch', { results: [{ status: 201, body: { data: { id: 9, technicians: [{ id: 2, name: 'x' }] }, meta } }] }],
    ['shows the person over GraphQL', { data: { createUser: { id: '2', name: 'Earlier' } } }],
    ['shows the person in a list over GraphQL', { data: { part: { users: { edges: [{ node: { id: '2', name: 'Earlier' } }] } } } }],
    ['says a short name, and no number', { data: { updateUser: { name: 'li' } } }],
    ['says a login, and no number', { data: { a: { loginIdentifier: 'stock' } } }],
    ['says digits to dial, and no number', { data: { a: { phoneNumber: '4711' } } }],
    ['says who signed, and no number', { data: { answerProcedure: { items: [{ value: { name: 'li', signedAt: 'today' } }] } } }],
    ['says a longer telephone number anywhere', { data: { a: { b: '5550142' } } }],
    ['says an address within a text', { data: { id: 9, title: 'Ask li@example.com' }, meta }],
    ['says the whole name of somebody without a number', { data: { id: 9, requester: 'li Chen' }, meta }],
  ])('that %s is forgotten', (_, answer) => expect(isForgotten(answer)).toBe(true));

  it.each([
    ['comes from the site with the same number', { data: { id: 9, name: 'Belt', created_by: by(1, 'Bo') }, meta }],
    ['is about another record with the same number', { data: { id: 2, name: 'Belt', location: { id: 2, name: 'Shelf' } }, meta }],
    ['is about such a record over GraphQL', { data: { createPart: { id: '2', name: 'Belt' } } }],
    ['has a key that he signs in with', { data: { id: 9, stock: 5, kind: 'stock', li: { Chen: 1 } }, meta }],
    ['speaks of somebody else of the same name', { data: { id: 9, created_by: { id: 3, name: 'li', surname: 'Chen' } }, meta }],
    ['is about a record that is called like him', { data: { id: 9, name: 'Chen', created_by: by(1, 'Bo') }, meta }],
  ])('that %s stays', (_, answer) => expect(isForgotten(answer)).toBe(false));
});

describe('a text that stays', () => {
  it.each([
    ...['Asked by LI@example.com', 'li Chen wants it', 'Call 5550142 first'],
    ...[
      'LI CHEN wants it',
      'Asked by Li\u00a0 Chen',
      'li\nchen',
      'l\u200bi Chen',
      'li @ example.com',
      'ｌｉ@example.com',
      'Call 555-01 42',
      'Call 555 (01) 42',
    ],
  ])('names him: %s', (text) => expect(isNamedIn(li, text)).toBe(true));
  it.each(['He left the stock', 'Article 4711', 'Chen', 'lichen on the wall', 'Bali Cheng', '555 and 0143'])('does not: %s', (text) =>
    expect(isNamedIn(li, text)).toBe(false),
  );

  it('names him by whatever stands in his name, and beside letters that are written without spaces', () => {
    const named = (name: string, text: string): boolean => isNamedIn({ id: 3, texts: [name], emails: [] }, text);
    expect(named("J. O'Neil (Jr)", "Left: j. o'neil (jr).")).toBe(true);
    expect(named("J. O'Neil (Jr)", 'Left: jx oxneil jr')).toBe(false);
    expect(named('張 偉', '請刪除張 偉的資料')).toBe(true);
    expect(named('Hans Groß', 'HANS GROSS left')).toBe(true);
    expect(named('İpek Işık', 'ipek ışık')).toBe(true);
    for (const apostrophe of ['\u2019', '\u00b4', '`', '\u2032']) expect(named("Jean O'Neil", `Jean O${apostrophe}Neil`)).toBe(true);
    expect(named('Søren Łuk', 'SOREN LUK left')).toBe(true);
    expect(named('Soren Luk', 'søren łuk left')).toBe(true);
    expect(named('Æsir Þórr', 'aesir thorr')).toBe(true);
    expect(named('Ann Lang-Ott', 'ann lang\u2212ott')).toBe(true);
    expect(named('Zsófia Müller-Lang', 'Zsofia\u200b Mu\u0308ller\u2011Lang')).toBe(true);
  });

  it.each([
    [
      '+49 30 123456',
      ['030 123456', '0049 30 123456', '030/12 34 56', '+49 (0)30 123456', 'on 30.11.2026 030-123456-78', '030 123456 ext. 7'],
    ],
    ['030/123456', ['+49 30 123456', '0049·30·123456', '004930123456']],
    ['+49 30 123456-78', ['030 123456', '(030) 12 34 56 78', '+493012345678']],
    ['+1 202 555 0142 ext. 5', ['202-555-0142', '+1.202.555.0142', '555 0142']],
    ['5550142', ['+1 202 555 0142', '202_555_0142']],
  ])('names him who is called at %s', (number, texts) => {
    for (const text of texts)
      expect([text, isNamedIn({ id: 3, texts: [number], emails: [] }, `Call ${text}, he said`)]).toEqual([text, true]);
  });

  it.each(['Order 4930123457', 'order 12345600, 030', 'Order 0123456789', 'see 030 12345', '2026-11-30', '+49 30 123457-56'])(
    'names nobody by %s',
    (text) => expect(isNamedIn({ id: 3, texts: ['+49 30 123456'], emails: [] }, text)).toBe(false),
  );

  it.each(['li@example.com left', 'li @ example.com', 'Call 555-01 42', '+49 (30) 1234567', '2026-11-30 5550142'])(
    'may say how somebody is reached: %s',
    (text) => expect(saysHowToReach(text)).toBe(true),
  );
  it.each(['Left on 2026-11-30', 'Left on 30.11.2026, asked 1/12/2026', 'Article 4711', 'Ticket 123456', 'Paid @ the gate'])(
    'says nothing of how: %s',
    (text) => expect(saysHowToReach(text)).toBe(false),
  );
});
