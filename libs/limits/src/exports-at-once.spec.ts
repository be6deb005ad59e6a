import { alike, type Principal } from '#millwright/access';
import type { CallWindows } from './call-windows.js';
import type { InstallationSettings } from './installation-settings.js';
import { Limits } from './limits.js';

const somebody = (userId: number, kind: 'session' | 'api_key' | 'bootstrap' = 'session'): Principal => ({
  credential: { kind, id: `${kind}-${userId}` },
  customerId: 1,
  userId,
  rights: alike('all'),
});
const limitsThatAre = (rateLimits: boolean): Limits => {
  const settings: Pick<InstallationSettings, 'now'> = {
    now: () => ({
      tier: 'enterprise',
      rateLimits,
      window: { requests: 300, seconds: 60 },
      own: { requests: null, seconds: null },
      fixed: [],
    }),
  };
  return new Limits({} as CallWindows, settings as InstallationSettings);
};

describe('exports', () => {
  it.each([true, false])('are two at once a user, over all his credentials, and one more when one has ended; limited: %s', (limited) => {
    const limits = limitsThatAre(limited);
    const end = limits.beginExport(somebody(7));
    limits.beginExport(somebody(7, 'api_key'));
    expect(() => limits.beginExport(somebody(7))).toThrow(
      expect.objectContaining({ code: 'RATE_LIMIT_EXCEEDED', facts: { retry_after_seconds: 1 } }),
    );
    limits.beginExport(somebody(8));
    end();
    end();
    limits.beginExport(somebody(7));
    expect(() => limits.beginExport(somebody(7))).toThrow(expect.objectContaining({ code: 'RATE_LIMIT_EXCEEDED' }));
  });

  it('are as many as there are for the bootstrap key', () => {
    const limits = limitsThatAre(true);
    for (let count = 0; count < 5; count += 1) expect(limits.beginExport(somebody(1, 'bootstrap'))).toBeInstanceOf(Function);
  });
});
