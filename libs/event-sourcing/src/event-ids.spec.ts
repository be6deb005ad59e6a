import fc from 'fast-check';
import { v5 as uuidv5, validate } from 'uuid';
import { nameBasedUuid, newEventId } from './event-ids.js';

describe('ids of events', () => {
  it('are the same uuidv5 that everybody makes of a name, whatever it holds', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uuid(), (name, namespace) => {
        expect(nameBasedUuid(name, namespace)).toBe(uuidv5(name, namespace));
      }),
    ));

  it('are new every time where nothing names them', () => {
    const ids = Array.from({ length: 2_000 }, newEventId);
    expect(ids.every((id) => validate(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
