import { Precedence } from '../precedence.js';
import { RaisingPace } from './raising-pace.js';

describe('the pace at which what is due is raised', () => {
  let now: number;
  let precedence: Precedence;
  let pace: RaisingPace;
  beforeEach(() => {
    now = 7_000_000;
    precedence = new Precedence(() => now);
    pace = new RaisingPace(precedence, () => now);
    pace.start();
    pace.next();
  });
  const raise = (streams: number): void => {
    for (let stream = 0; stream < streams; stream++) pace.next();
  };
  const isSettled = async (promise: Promise<void>): Promise<boolean> => {
    let settled = false;
    void promise.then(() => (settled = true));
    await new Promise((resolve) => setImmediate(resolve));
    return settled;
  };

  it('is four at a time where nobody is there', () => {
    expect(pace.allows(3)).toBe(true);
    expect(pace.allows(4)).toBe(false);
  });

  it('is none while somebody waits, four every 22 ms while others may come, and as fast as it can once nobody has come for a second', () => {
    raise(3);
    precedence.begin();
    precedence.begin();
    precedence.end();
    expect(pace.allows(0)).toBe(false);
    precedence.end();
    expect(pace.allows(0)).toBe(true);
    expect(pace.allows(1)).toBe(false);
    raise(4);
    expect(pace.allows(0)).toBe(false);
    now += 22;
    expect(pace.allows(0)).toBe(true);
    raise(1_000);
    now += 977;
    expect(pace.allows(1)).toBe(false);
    now += 1;
    expect(pace.allows(3)).toBe(true);
  });

  it('completes a four that has begun, for what is raised together is written together', () => {
    precedence.begin();
    expect(pace.allows(1)).toBe(true);
    expect(pace.allows(4)).toBe(false);
    raise(3);
    expect(pace.allows(1)).toBe(false);
  });

  it('is four every 22 ms whoever waits, and more at once the later it gets, until that is made good', () => {
    precedence.begin();
    raise(7);
    now += 43.5;
    expect(pace.allows(0)).toBe(false);
    now += 0.5;
    expect(pace.allows(0)).toBe(true);
    expect(pace.allows(1)).toBe(false);
    now += 50;
    expect(pace.allows(1)).toBe(true);
    expect(pace.allows(2)).toBe(false);
    now += 5_000;
    expect(pace.allows(3)).toBe(true);
    expect(pace.allows(4)).toBe(false);
    raise(920);
    expect(pace.allows(0)).toBe(false);
  });

  it('does not wait for what was won while nobody was there, once somebody has come', () => {
    raise(1_003);
    precedence.begin();
    expect(pace.allows(0)).toBe(false);
    precedence.end();
    expect(pace.allows(0)).toBe(true);
  });

  it('gives way at each of the instants that follow from one another', () => {
    precedence.begin();
    raise(3);
    now += 1;
    pace.start();
    expect(pace.allows(0)).toBe(false);
    now += 20.5;
    expect(pace.allows(0)).toBe(false);
    now += 0.5;
    expect(pace.allows(0)).toBe(true);
  });

  it('is counted anew where nothing was due for long', () => {
    now += 3_600_000;
    pace.start();
    precedence.begin();
    raise(4);
    expect(pace.allows(0)).toBe(false);
  });

  it('is looked at again when nobody waits any more, when one has ended, or when it is late', async () => {
    const never = new Promise<void>(() => undefined);
    precedence.begin();
    raise(1_000);
    const quiet = pace.change(never);
    expect(await isSettled(quiet)).toBe(false);
    precedence.end();
    await quiet;
    precedence.begin();
    await pace.change(Promise.resolve());
    now += 5_500;
    await pace.change(never);
  });
});
