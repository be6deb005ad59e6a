import { troublesOf } from './troubles.js';

const readModel = (name: string, shown: boolean) => ({ name, shown, state: 'live' as const, checkpoint: 7n, parkedStreams: [] });
const [shown, awaited] = [readModel('parts', true), readModel('locations', false)];
const said = 'projection locations is not shown before it has been folded, and is at 7';

describe('a read model that is on its way', () => {
  it('stops only what reads it, where others are shown', () => {
    expect(troublesOf([shown, awaited], [], false)).toEqual({ stopped: [], struggling: [said] });
  });

  it('keeps a process from being ready, where nothing is shown', () => {
    expect(troublesOf([awaited], [], false)).toEqual({ stopped: [said], struggling: [] });
  });

  it('keeps a process from being ready until everything is shown, on a database that is folded for the first time', () => {
    expect(troublesOf([shown, awaited], [], true)).toEqual({ stopped: [said], struggling: [] });
    expect(troublesOf([shown], [], true)).toEqual({ stopped: [], struggling: [] });
  });
});
