import { EventStore, runInContext, type CommandContext, type IdempotentAttempt } from '#millwright/event-sourcing';
import { Children, Name, Text, type SaidChild } from '#millwright/fields';
import { resourceFields } from './resource-fields.js';
import { childIds, saidChildren } from './said-children.js';

class DoorFields {
  @Text() colour?: string | null;
}

class HallFields {
  @Name() name?: string | null;
  @Children(DoorFields, { name: 'hall_door', knownBy: 'colour' }) hall_doors_attributes?: SaidChild[] | null;
  @Children(DoorFields, { name: 'hall_gate' }) hall_gates_attributes?: SaidChild[] | null;
}

const fields = resourceFields({ name: 'hall', fields: HallFields });

/** What an input says, where the sequences go on with those numbers. */
function saying(next: Record<string, number>, input: HallFields, idempotency?: IdempotentAttempt): Promise<object> {
  const sequences = { next: (sequence: string): number => (next[sequence] = (next[sequence] ?? NaN) + 1) - 1 };
  const events = new EventStore(undefined as never, sequences);
  return runInContext({ idempotency } as CommandContext, () => saidChildren(fields, input, events));
}

describe('what an input says of children', () => {
  it('has an id for each that may be a new one, of the sequence of its list and in the order of the input', async () => {
    const said = await saying(
      { hall_door: 7, hall_gate: 40 },
      {
        name: 'North',
        hall_doors_attributes: [{ colour: 'red' }, { id: 3, colour: 'blue' }, { colour: 'red', _destroy: true }, { id: null }],
        hall_gates_attributes: [{ colour: 'red' }],
      },
    );
    expect(said).toEqual({
      hall_doors: [
        { colour: 'red', drawnId: 7 },
        { id: 3, colour: 'blue' },
        { colour: 'red', _destroy: true },
        { id: null, drawnId: 8 },
      ],
      hall_gates: [{ colour: 'red', drawnId: 40 }],
    });
  });

  it('is nothing where it says nothing of them', async () => {
    expect(await saying({}, { name: 'North' })).toEqual({});
    expect(await saying({}, { hall_doors_attributes: null })).toEqual({ hall_doors: [] });
  });

  it('has the same ids again when the request is repeated', async () => {
    const allocated: number[] = [];
    const attempt = (): IdempotentAttempt => {
      let place = 0;
      const allocate = (_: string, next: () => number | Promise<number>): number => (allocated[place++] ??= Number(next()));
      return { allocate } as unknown as IdempotentAttempt;
    };
    const input = { hall_doors_attributes: [{ colour: 'red' }, { colour: 'blue' }] };
    const first = await saying({ hall_door: 7 }, input, attempt());
    expect(await saying({ hall_door: 90 }, input, attempt())).toEqual(first);
  });

  it('is numbered by a sequence that finds its ids in events', () =>
    expect(fields.children.map(childIds)).toEqual([
      { name: 'hall_door', inside: ['hallDoors.added.id'] },
      { name: 'hall_gate', inside: ['hallGates.added.id'] },
    ]));
});
