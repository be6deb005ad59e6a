import { credentialOf, entityIdOf, expectedRevisionsOf, positionOf, requestIdOf } from './request-headers.js';

describe('If-Match', () => {
  it.each([
    [undefined, undefined],
    ['*', 'exists'],
    [' * ', 'exists'],
    ['"0"', [0]],
    ['"3", "12"', [3, 12]],
    ['W/"3", "4"', [4]],
    ['"abc", "4"', [4]],
    ['"3",', [3]],
    [',, "3" ,\t, "4",', [3, 4]],
    ['"a,b", "4"', [4]],
  ])('%j means %j', (text, revisions) => expect(expectedRevisionsOf(text)).toEqual(revisions));

  it.each(['W/"3"', '"abc"', '""', '"007"', '"-1"', '"99999999999999999"'])('%j matches nothing', (text) =>
    expect(() => expectedRevisionsOf(text)).toThrow(expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error),
  );

  it.each(['', ',', '3', '"3', '"3",x', '"3" "4"', 'w/3', '*, "3"'])('%j is malformed', (text) =>
    expect(() => expectedRevisionsOf(text)).toThrow(expect.objectContaining({ code: 'MALFORMED_REQUEST' }) as Error),
  );
});

describe('the other headers', () => {
  it.each(['0', '18446744073709551615'])('%s is a position', (text) => expect(positionOf(text)).toBe(BigInt(text)));

  it.each(['', '-1', '1.5', '18446744073709551616', 'abc', '0x1', '٣'])('%j is no position', (text) =>
    expect(() => positionOf(text)).toThrow(),
  );

  it.each([undefined, '', 'x', '1.5', '-1', '9007199254740993', '١'])('%j is no entity', (text) =>
    expect(() => entityIdOf(text)).toThrow(),
  );

  it('takes Bearer and Token', () => {
    expect(credentialOf('Bearer mw_1')).toBe('mw_1');
    expect(credentialOf('token  mw_1')).toBe('mw_1');
    expect(credentialOf('Basic mw_1')).toBeUndefined();
    expect(credentialOf('Bearer')).toBeUndefined();
  });

  it('keeps a request id that is a UUID and replaces any other, which may be a secret or a name', () => {
    const own = '0b1c7f9e-2f0a-4e58-9d57-3f1f6f0a9c11';
    expect(requestIdOf(own)).toBe(own);
    for (const other of ['a-1', 'jane@example.com', `${own}x`, undefined])
      expect(requestIdOf(other)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(requestIdOf('a-1')).not.toBe('a-1');
  });
});
