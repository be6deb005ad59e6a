import { Rejection } from '#millwright/event-sourcing/decider';
import type { Child, Problem, SaidChild } from '#millwright/fields';
import { onePrimary } from './primary-contact.js';

const contact = (id: number, is_primary = false): Child => ({ id, is_primary });

type Said = Readonly<{ id: number; values: SaidChild }>;

/** What a request says of contacts that are there or that it adds, each at its place. */
const contacts = (before: readonly Child[]) => ({
  after(after: readonly Child[], ...said: Said[]) {
    const decide = (): readonly Child[] =>
      onePrimary({
        before,
        after,
        saidOf: ({ id }) => {
          const place = said.findIndex((one) => one.id === id);
          return place < 0 ? undefined : { place, values: (said[place] as Said).values };
        },
        refuse(place: number, field: string, { code, message }: Problem): never {
          throw new Rejection('VALIDATION_FAILED', message, [{ field: `${place}.${field}`, code, message }]);
        },
      });
    const problem = (): string => {
      try {
        return `was not refused: ${JSON.stringify(decide())}`;
      } catch (error) {
        return error instanceof Rejection ? error.details.map(({ field, code }) => `${field} ${code}`).join() : String(error);
      }
    };
    return {
      primaryIs: (id?: number) =>
        expect(
          decide()
            .filter(({ is_primary }) => is_primary)
            .map((one) => one.id),
        ).toEqual(id === undefined ? [] : [id]),
      isRefused: (expected: string) => expect(problem()).toBe(expected),
    };
  },
});

const says = (id: number, is_primary?: boolean | null): Said => ({ id, values: { is_primary } });

describe('the primary contact', () => {
  it('is the first as soon as there is one', () => {
    contacts([]).after([]).primaryIs();
    contacts([])
      .after([contact(1), contact(2)], says(1), says(2))
      .primaryIs(1);
    contacts([])
      .after([contact(1)], says(1, false))
      .primaryIs(1);
  });

  it('is the one that is named, whoever was it', () => {
    contacts([])
      .after([contact(1), contact(2, true)], says(1), says(2, true))
      .primaryIs(2);
    contacts([contact(1, true)])
      .after([contact(1, true), contact(2, true)], says(2, true))
      .primaryIs(2);
    contacts([contact(1, true), contact(2)])
      .after([contact(1), contact(2, true)], says(1, false), says(2, true))
      .primaryIs(2);
  });

  it('stays where nothing is said of it, and where null is', () => {
    contacts([contact(1), contact(2, true)])
      .after([contact(1), contact(2, true), contact(3)], says(3))
      .primaryIs(2);
    contacts([contact(1, true)])
      .after([contact(1)], says(1, null))
      .primaryIs(1);
  });

  it('is the one with the lowest number once it is gone', () =>
    contacts([contact(2), contact(3, true), contact(1)])
      .after([contact(2), contact(1)])
      .primaryIs(1));

  it('cannot be two that one request names: the later is wrong', () =>
    contacts([contact(1, true)])
      .after([contact(1, true), contact(2, true)], says(2, true), says(1, true))
      .isRefused('1.is_primary not_unique'));

  it('cannot be nobody', () =>
    contacts([contact(1, true), contact(2)])
      .after([contact(1), contact(2)], says(1, false))
      .isRefused('0.is_primary required'));
});
