import { isCommonPassword } from '../commonest-passwords.js';
import { passwordProblem } from './password-rules.js';

const ann = { name: 'Annabelle', surname: 'Montgomery', email: 'Annabelle.M@example.com', loginIdentifier: 'millwright-ann' };
const problem = (password: string) => passwordProblem(password, ann, isCommonPassword);

describe('a password', () => {
  it('has at least twelve code points, composed, and at most 1,024 bytes', () => {
    expect(problem('elevenchars')).toBe('too_short');
    expect(problem('zwölf zeiche')).toBeUndefined();
    // Twelve code points as typed, eleven of them when the accent is composed with its letter.
    expect(problem('zwo\u0308lf zeich')).toBe('too_short');
    expect(problem('🔧🔩🔨🪛🪚🧰⚙️🛠️🗜️'.slice(0, 12))).toBe('too_short');
    expect(problem('x'.repeat(1_024))).toBeUndefined();
    expect(problem('x'.repeat(1_025))).toBe('too_long');
    expect(problem('ä'.repeat(513))).toBe('too_long');
  });

  it('is none of the commonest, in whatever case and with digits behind it', () => {
    for (const common of ['password1234', 'PassWordPassword', '123456789012', 'passwordpassword2026'])
      expect(problem(common)).toBe('too_common');
    expect(problem('password-of-my-own')).toBeUndefined();
  });

  it('is nothing that the person is called, with or without digits behind it', () => {
    for (const own of [
      'annabelle2026',
      'Annabelle Montgomery',
      'ANNABELLEMONTGOMERY7',
      'annabelle.m@example.com',
      'annabelle.m12',
      'Millwright-Ann99',
    ])
      expect(problem(own)).toBe('own_name');
    expect(problem('annabelle likes tea')).toBeUndefined();
    expect(passwordProblem('a quiet place', {}, isCommonPassword)).toBeUndefined();
  });
});
