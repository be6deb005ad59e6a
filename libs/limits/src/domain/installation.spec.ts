import { changeInstallation, installation } from './installation.js';

const before = installation.initialState;

describe('an installation', () => {
  it('has everything and limits nobody, until it is told otherwise', () =>
    expect(before).toEqual({ tier: 'enterprise', rateLimits: false, requests: null, windowSeconds: null }));

  it('remembers only what changed', () => {
    const events = changeInstallation(before, { tier: 'enterprise', rateLimits: true });
    expect(events).toEqual([{ type: 'InstallationChanged', data: { changes: { rateLimits: true } } }]);
    const [changed] = events;
    expect(changed && installation.evolve(before, changed)).toEqual({ ...before, rateLimits: true });
    expect(changeInstallation(before, {})).toEqual([]);
  });

  it('has windows of its own in the tier enterprise only', () => {
    expect(changeInstallation(before, { requests: 7, windowSeconds: 5 })).toHaveLength(1);
    const details = [{ field: 'requests', code: 'enterprise_only' }];
    expect(() => changeInstallation(before, { tier: 'business', requests: 7 })).toThrow(expect.objectContaining({ details: [expect.objectContaining(details[0])] })); // prettier-ignore
    expect(() => changeInstallation(before, { windowSeconds: 5 }, { tier: 'core' })).toThrow('only the tier enterprise');
  });

  it('stays as it is where the environment says what it is', () => {
    expect(changeInstallation(before, { tier: 'core', rateLimits: true }, { tier: 'business', rateLimits: false })).toEqual([]);
    const changed = (changes: object) => [{ type: 'InstallationChanged', data: { changes } }];
    expect(changeInstallation(before, { tier: 'core', rateLimits: true }, { tier: 'business' })).toEqual(changed({ rateLimits: true }));
    expect(changeInstallation(before, { tier: 'core', rateLimits: true }, { rateLimits: false })).toEqual(changed({ tier: 'core' }));
  });

  it('may take a window back in every tier', () =>
    expect(changeInstallation({ ...before, tier: 'core', requests: 7 }, { requests: null })).toHaveLength(1));
});
