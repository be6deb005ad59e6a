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
  it('are two at once a user, over all his credentials, and one more when one has ended', async () => {
    const limits = limitsThatAre(true);
    const end = await limits.beginExport(somebody(7));
    await limits.beginExport(somebody(7, 'api_key'));
    await expect(limits.beginExport(somebody(7))).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED', facts: { retry_after_seconds: 1 } });
    await limits.beginExport(somebody(8));
    end();
    end();
    await limits.beginExport(somebody(7));
    await expect(limits.beginExport(somebody(7))).rejects.toMatchObject({ code: 'RATE_LIMIT_EXCEEDED' });
  });

  it('are as many as there are where limits are off, and for the bootstrap key', async () => {
    for (const [limits, who] of [
      [limitsThatAre(false), somebody(7)],
      [limitsThatAre(true), somebody(1, 'bootstrap')],
    ] as const)
      // prettier-ignore
      for (let count = 0; count < 5; count += 1) await expect(limits.beginExport(who)).resolves.toBeInstanceOf(Function);
  });
});
