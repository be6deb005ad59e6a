import { reaction, type Event, type Stream } from '#millwright/event-sourcing';
import { ReactionTrial } from '#millwright/event-sourcing/testing';
import { commentBecauseOf, textsNaming } from './comment-effect.js';

type Rang = Event<'Rang', Readonly<{ order: number; said: string }>>;
const bell: Stream<number, Rang> = { category: 'bell', initialState: 0, evolve: (count) => count + 1 };

const ring = (said: string): Rang => ({ type: 'Rang', data: { order: 12, said } });
const speaks = (): ReactionTrial =>
  new ReactionTrial(
    reaction<number, Rang>({
      name: 'bell-speaks',
      on: bell,
      startsAt: 'beginning',
      to: { Rang: ({ data }, then) => commentBecauseOf(then, { record: { kind: 'work_order', id: data.order }, text: data.said }) },
    }),
  );
const contents = ({ texts }: ReactionTrial): string[] => [...texts.values()].map(({ content }) => content);

describe('what is named after a beginning', () => {
  it('is all there, in one text where it fits, and in as many as it takes where it does not', () => {
    expect(textsNaming('Without', ['a', 'b'])).toEqual(['Without a; b.']);
    expect(textsNaming('Without', [])).toEqual([]);
    for (const sign of ['x', '\u20ac']) {
      const named = Array.from({ length: 500 }, (_, place) => `${sign.repeat(100)} ${place}`);
      const texts = textsNaming('Without', named);
      expect(texts.length).toBeGreaterThan(1);
      for (const text of texts) expect([text.length <= 20_000, Buffer.byteLength(text) <= 40_000]).toEqual([true, true]);
      expect(texts.flatMap((text) => text.replace(/^Without |\.$/g, '').split('; '))).toEqual(named);
    }
  });
});

describe('a comment that follows from an event', () => {
  it('is of the built-in user, and its text stands outside', async () => {
    const trial = speaks();
    const appended = await trial.when(bell, 3, ring('Too hot'));
    expect(Object.values(appended).flat()).toEqual([
      expect.objectContaining({
        type: 'CommentAdded',
        data: expect.objectContaining({ recordKind: 'work_order', recordId: 12, authorId: 1, public: false }) as object,
      }),
    ]);
    expect(JSON.stringify(appended)).not.toContain('"Too hot"');
    expect(contents(trial)).toEqual(['Too hot']);
    // However long it took: said once its event is appended.
    expect(trial.stayed).toEqual([[[...trial.texts.keys()][0], 1]]);
  });

  it('is made once, however often its cause comes', async () => {
    const trial = speaks();
    await trial.when(bell, 3, ring('Too hot'));
    expect(Object.values(await trial.again()).flat()).toEqual([]);
    expect(contents(trial)).toEqual(['Too hot']);
  });

  it('is cut where it would be too long, within a character never', async () => {
    const trial = speaks();
    await trial.when(bell, 3, ring('ß€😀'.repeat(10_000)));
    const [text = ''] = contents(trial);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(40_000);
    expect(text).toMatch(/^(ß€😀)+(ß€?)?$/u);
  });
});
