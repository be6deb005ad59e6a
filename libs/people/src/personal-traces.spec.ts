import { PersonalTraces, type PersonalTrace, type SoughtPerson } from './personal-traces.js';

const { jest } = import.meta;

const gone = () => Promise.resolve();
const outOfOrder = () => Promise.reject(new Error('cancelled'));

/** A person who is called Erin until that is erased, and what is registered beside him. */
function erin(...registered: readonly PersonalTrace[]) {
  const told: number[] = [];
  const traces = new PersonalTraces((userId) => void told.push(userId));
  const names = ['Erin'];
  const erased: string[] = [];
  traces.registerPerson({
    known: async (id) => ({ id, texts: [...names], emails: [] }),
    shownName: async () => names.join(' '),
    erase: async () => void names.splice(0),
  });
  for (const trace of registered) traces.register(trace);
  traces.register({ erase: async ({ texts }) => void erased.push(...texts) });
  return { traces, names, erased, told };
}

describe('what is kept of a person', () => {
  it('goes also where one of its places does not let go, and that one is tried again with what he was called', async () => {
    const asked: SoughtPerson[] = [];
    const place = async (person: SoughtPerson) => {
      asked.push(person);
      if (asked.length === 1) throw new Error('cancelled');
    };
    const { traces, names, erased } = erin({ erase: place });
    await expect(traces.erase(7)).rejects.toThrow('cancelled');
    expect([names, erased]).toEqual([[], ['Erin']]);
    await traces.erase(7);
    expect(asked.map(({ texts }) => texts)).toEqual([['Erin'], ['Erin']]);
  });

  it('goes where looking through the rest fails, and whoever asked is not refused for it', async () => {
    const { traces, names } = erin({ comb: outOfOrder });
    await traces.eraseSoon(7);
    expect(names).toEqual([]);
    await expect(traces.erase(7)).rejects.toThrow('cancelled');
  });

  it('is said once not to be gone where it fails again and again, until it is', async () => {
    jest.useFakeTimers();
    try {
      let isBroken = true;
      const { traces, told } = erin({ comb: () => (isBroken ? outOfOrder() : gone()) });
      const erased = expect(traces.erase(7)).rejects.toThrow('cancelled');
      await jest.advanceTimersByTimeAsync(1);
      await erased;
      expect([told, traces.notGone]).toEqual([[], []]);
      await jest.advanceTimersByTimeAsync(300_000);
      expect([told, traces.notGone]).toEqual([[7], [7]]);
      isBroken = false;
      await jest.advanceTimersByTimeAsync(60_000);
      expect([told, traces.notGone]).toEqual([[7], []]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('goes while the rest is looked through for long, which two begin once', async () => {
    let end = () => undefined as void;
    let combed = 0;
    const { traces, names } = erin({
      comb: () =>
        new Promise<void>((resolve) => {
          combed += 1;
          end = resolve;
        }),
    });
    let isWhole = false;
    const whole = traces.erase(7).then(() => (isWhole = true));
    await traces.eraseSoon(7);
    expect([names, isWhole, combed]).toEqual([[], false, 1]);
    end();
    await whole;
  });

  it('stays known until the rest is looked through, where that is quick', async () => {
    let left: readonly string[] = [];
    const { traces, names } = erin({ comb: async () => void (left = [...names]) }, { erase: gone });
    await traces.erase(7);
    expect([left, names]).toEqual([['Erin'], []]);
  });

  it('is looked for as it was spelt anywhere, which goes no sooner than what is found by it', async () => {
    const spelt = ['E.RIN@example.com'];
    const asked: SoughtPerson[] = [];
    const found: string[] = [];
    const { traces } = erin(
      {
        names: {
          of: async ({ texts }) => ({ texts: texts.includes('Erin') ? [...spelt] : [], emails: [...spelt] }),
          erase: async () => void spelt.splice(0),
        },
      },
      { comb: async (person) => void [asked.push(person), found.push(...spelt)] },
    );
    await traces.erase(7);
    expect(asked).toEqual([{ id: 7, texts: ['Erin', 'E.RIN@example.com'], emails: ['E.RIN@example.com'], places: [] }]);
    expect([found, spelt]).toEqual([['E.RIN@example.com'], []]);
  });

  it('goes after what is found by it alone, so that whoever begins anew after a crash finds that, and goes where that does not', async () => {
    const left: (readonly string[])[] = [];
    const of = () => Promise.resolve({ texts: [], emails: [] });
    const { traces, names } = erin({
      names: {
        of,
        erase: async () => {
          await new Promise(setImmediate);
          left.push([...names]);
          throw new Error('cancelled');
        },
      },
    });
    await expect(traces.erase(7)).rejects.toThrow('cancelled');
    expect([left, names]).toEqual([[['Erin']], []]);
  });
});
