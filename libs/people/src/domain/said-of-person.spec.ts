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

  it.each([
    [
      'José Müller-Núñez',
      ['Müller-Núñez, José', 'José Müller Núñez', 'JOSE MULLER NUNEZ', 'Jose_Mueller-Nunez', 'jose mullernunez', 'José Mueller-Núñez'],
    ],
    ["Sean O'Brien-Ott", ["O'Brien-Ott Sean", 'Sean OBrien Ott', 'Sean O Brien-Ott', 'Sean O\u2019Brien Ott']],
    ['Øyvind Łukasz-Ærø', ['OYVIND LUKASZ AERO', 'oeyvind lukasz-aeroe']],
    ['Åse Weiß', ['Aase Weiss', 'WEISS, ASE']],
    ['Joerg Straße', ['Jörg Strasse']],
    [
      'Ann Lee',
      [
        'lee, ann',
        'Ann, Lee',
        'Ann.Lee',
        'Ann/Lee',
        'Ann-Lee',
        '"Ann" Lee',
        "'Ann' Lee",
        '«Ann» “Lee”',
        'ann_lee',
        'Ann M. Lee',
        'Ann M. J. Lee',
        "Ann Lee's",
      ],
    ],
    ['Иван Петров', ['Петров Иван', 'ПЕТРОВ, И. ИВАН', 'Петров И.; Иван']],
    ['伟 王小', ['王小伟', '请删除王小伟的资料', '伟王小', '王小・伟']],
    ['철수 김', ['김철수가 퇴사', '철수 김']],
    ['マリー 山田', ['山田マリーさん']],
    ['דן כהן', ['לדן כהן', 'כהן, דן']],
  ])('names %s in other spellings', (name, texts) => {
    for (const text of texts)
      expect([text, isNamedIn({ id: 3, texts: [name], emails: [] }, `So said ${text}, who left`)]).toEqual([text, true]);
  });

  it.each([
    ['John A. Smith', ['John Smith', 'Smith, John', 'J. Smith', 'J. A. Smith', 'J.A. Smith', 'Smith, J. A.', 'John S.', 'A. Smith']],
    ['John Smith', ['J. Smith', 'J. B. Smith', 'smith j.', 'SMITH, J.', 'J.Smith']],
    ['Jean-Paul Müller-Núñez', ['J.-P. Müller-Núñez', 'J. P. Mueller', 'J. Nunez']],
    ["Sean O'Brien", ['S. O\u2019Brien', 'S. OBrien']],
    ['Иван Петров', ['И. Петров', 'Петров И.']],
  ])('names %s with initials or without', (name, texts) => {
    for (const text of texts)
      expect([text, isNamedIn({ id: 3, texts: [name], emails: [] }, `So said ${text}, who left`)]).toEqual([text, true]);
  });

  it.each([
    'Smith left',
    'K. Smith',
    'Mr Smith',
    'J Smith',
    'Plan J. The Smiths',
    'No J. B. Smithson',
    'Johns A.',
    'DJ. Smith',
    'John left. So did Smith',
  ])('does not name John A. Smith: %s', (text) =>
    expect([text, isNamedIn({ id: 3, texts: ['John A. Smith'], emails: [] }, text)]).toEqual([text, false]),
  );

  it.each([
    "Lee asked Ann's manager",
    'Ann left on 30.11.2026, and so did Mr Lee',
    'Ann and Lee',
    'Ann 2 Lee',
    'Annlee',
    'Annie Lee',
    'Lee Anne',
    'Lee wrote; we asked others, then Ann',
    'Order 4500012345, 1,234,567.89 EUR to DE89 3704 0044 0532 0130 00',
  ])('does not name Ann Lee: %s', (text) =>
    expect(
      isNamedIn({ id: 3, texts: ['Ann Lee', 'Ann', 'Lee', 'lee_2026', '+49 30 123456'], emails: ['q6.ann.lee@example.com'] }, text),
    ).toBe(false),
  );

  it('does not take what is like a login for it, nor signs for a name', () => {
    expect(isNamedIn({ id: 3, texts: ['lee_2026'], emails: [] }, 'In 2026 Lee left')).toBe(false);
    expect(isNamedIn({ id: 3, texts: ['lee_2026'], emails: [] }, 'Signed in as LEE_2026.')).toBe(true);
    expect(isNamedIn({ id: 3, texts: ['Lee *', '* *'], emails: [] }, 'Asked by Lee')).toBe(false);
    expect(isNamedIn({ id: 3, texts: ['Lee *'], emails: [] }, 'Asked by lee *')).toBe(true);
    expect(isNamedIn({ id: 3, texts: ['伟 王小'], emails: [] }, '王先生的小孩很伟大')).toBe(false);
  });

  it.each(['q6.ann.lee(at)example.com', 'q6.ann.lee [at] example.com', 'Q6.Ann.Lee at example dot com', 'q6.ann.lee{at}example[dot]com'])(
    'names by an address that is spelt out: %s',
    (text) => {
      expect(isNamedIn({ id: 3, texts: [], emails: ['q6.ann.lee@example.com'] }, `By ${text}, today`)).toBe(true);
      expect(saysHowToReach(`By ${text}, today`)).toBe(true);
    },
  );

  it.each(['٠٣٠ ١٢٣٤٥٦', '۰۳۰۱۲۳۴۵۶', '०३० १२३४५६', '𞥐𞥓𞥐 𞥑𞥒𞥓𞥔𞥕𞥖', '０３０-１２３４５６'])(
    'names by a number in the digits of any script: %s',
    (text) => {
      expect(isNamedIn({ id: 3, texts: ['+49 30 123456'], emails: [] }, `Call ${text}`)).toBe(true);
      expect(isNamedIn({ id: 3, texts: [text], emails: [] }, 'Call 030 123456')).toBe(true);
      expect(saysHowToReach(`Call ${text}`)).toBe(true);
    },
  );

  it.each([
    ['+49 2026 1130', 'requested 2026-11-30', false],
    ['+49 2026 1130', 'requested 2026-11-30 14:05, done 2026-12-01', false],
    ['+49 3011 2026', 'Left on 30.11.2026', false],
    ['+49 2026 1130', 'Call 02026-1130', true],
    ['+33 1 23 45 67 89', 'Call 01.23.45.67.89', true],
    ['+49 30 123456', 'requested 2026-11-30 030 12.34.56', true],
  ])('takes a date for no telephone number: %s in %s', (number, text, isNamed) =>
    expect(isNamedIn({ id: 3, texts: [number], emails: [] }, text)).toBe(isNamed),
  );

  it.each(['li@example.com left', 'li @ example.com', 'Call 555-01 42', '+49 (30) 1234567', '2026-11-30 5550142', '01.23.45.67.89'])(
    'may say how somebody is reached: %s',
    (text) => expect(saysHowToReach(text)).toBe(true),
  );
  it.each([
    'Left on 2026-11-30',
    'Left on 30.11.2026, asked 1/12/2026',
    'Article 4711',
    'Ticket 123456',
    'Paid @ the gate',
    'Seen at gate 3 at 3.30',
  ])('says nothing of how: %s', (text) => expect(saysHowToReach(text)).toBe(false));
});
