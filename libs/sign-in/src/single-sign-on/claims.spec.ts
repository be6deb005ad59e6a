import { claimsIn } from './claims.js';

const verified = { sub: 'a7', email: 'ann@example.com', email_verified: true };

describe('what an issuer says of somebody', () => {
  it('is his subject, his address and whether that is verified, and what he is called', () => {
    const names = { given_name: 'Ann', family_name: 'Lee', name: 'Ann Lee', locale: 'de-CH' };
    expect(claimsIn({ ...verified, ...names, email: ' ann@example.com ' })).toEqual({
      ...{ subject: 'a7', email: 'ann@example.com', emailVerified: true },
      ...{ name: 'Ann', surname: 'Lee', locale: 'de-CH' },
    });
    expect(claimsIn({ ...verified, name: 'Ann Lee', family_name: 'Lee' })).toMatchObject({ name: 'Ann Lee', surname: null });
  });

  it('is verified only where it says so in that word, of the same address', () => {
    for (const email_verified of [false, undefined, 'true', 1])
      expect(claimsIn({ ...verified, email_verified })?.emailVerified).toBe(false);
    const asked = { email: 'bo@example.com', email_verified: true };
    expect(claimsIn({ sub: 'a7', email: 'ann@example.com' }, asked)).toMatchObject({ email: 'ann@example.com', emailVerified: false });
    expect(claimsIn({ sub: 'a7', email_verified: true }, { email: 'bo@example.com' })).toMatchObject({ emailVerified: false });
    expect(claimsIn({ sub: 'a7' }, asked)).toMatchObject({ email: 'bo@example.com', emailVerified: true });
  });

  it.each([
    ...['nobody', 'a@b@c', 'a b@example.com', 'a\u0000@example.com', `${'x'.repeat(250)}@example.com`, 7, null],
    ...['<ann@example.com>', 'bo;ann@example.com', '(bo)ann@example.com', 'bo,ann@example.com', '"ann"@example.com', 'ann@example..com'],
  ])('has no address where it is none: %s', (email) =>
    expect(claimsIn({ ...verified, email })).toMatchObject({ email: null, emailVerified: false }),
  );

  it.each([undefined, '', 7, 'a\u0000', 'x'.repeat(256)])('is of no use where the subject is none: %s', (sub) =>
    expect(claimsIn({ ...verified, sub })).toBeUndefined(),
  );
});
