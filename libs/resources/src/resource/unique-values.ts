import { Injectable } from '@nestjs/common';
import { currentContext, EventStore } from '#millwright/event-sourcing';
import { canonicalText, invalid, type InputField } from '#millwright/fields';
import { ExternalReferences, type ReferenceKey, type ReferenceMove } from '../references/index.js';
import { PersonalRecords } from './personal-records.js';
import type { RecordState } from './plain-decider.js';
import type { PlainResource } from './resource-definition.js';

/** What a record was, or is to be. */
type Known = Pick<RecordState, 'archived' | 'values'>;

type UniqueField = InputField & Required<Pick<InputField, 'unique'>>;

const uniqueFields = ({ fields }: PlainResource): UniqueField[] =>
  fields.input.filter((field): field is UniqueField => field.unique !== undefined);

export const hasUniqueValues = (definition: PlainResource): boolean => uniqueFields(definition).length > 0;

const orOneLetter = (letter: string, other: string): string => ([...other].length === 1 ? other : letter);

/** The only letter whose capital is that of another one, and which is none of it without case: a dotless i is no i. */
const dotlessI = '\u0131';

function foldedLetter(letter: string): string {
  if (letter === dotlessI) return letter;
  const capital = orOneLetter(letter, letter.toUpperCase());
  return orOneLetter(capital, capital.toLowerCase());
}

/** Without case, letter by letter (Unicode's simple case folding): ß stays apart from ss, and σ is ς. */
export const foldedValue = (text: string): string => Array.from(canonicalText(text), foldedLetter).join('');

/** What a record is known by in a field; undefined where others may have the same. */
function valueOf({ name, unique }: UniqueField, known: Known | undefined): string | undefined {
  const value: unknown = known?.values[name as never];
  if (typeof value !== 'string' || canonicalText(value) === '') return undefined;
  return known?.archived && unique === 'in use at a customer' ? undefined : foldedValue(value);
}

function keyOf({ name: resource, root }: PlainResource, { name, unique }: UniqueField, reference: string): ReferenceKey {
  const customerId = unique === 'in the installation' ? 0 : currentContext().customerId;
  return { resource: `${resource}.${name}`, customerId, entityId: null, reference, root, passing: true };
}

/** Keeps values unique that people and books know records by: claimed before the append as external references are. */
@Injectable()
export class UniqueValues {
  constructor(
    private readonly events: EventStore,
    private readonly people: PersonalRecords,
    private readonly claims: ExternalReferences,
  ) {}

  /**
   * Has `work` make a record what it is to be.
   * @throws Rejection VALIDATION_FAILED not_unique of each value that another record has, CONFLICT while another request is about to give it to one,
   * and what `work` throws
   */
  keeping<T>(definition: PlainResource, id: number, before: Known | undefined, after: Known, work: () => Promise<T>): Promise<T> {
    const moves = uniqueFields(definition).flatMap((field) => this.moveOf(definition, field, id, [before, after]));
    return moves.reduceRight<() => Promise<T>>((inner, move) => () => this.claims.move(move, inner), work)();
  }

  private moveOf(definition: PlainResource, field: UniqueField, id: number, ends: readonly (Known | undefined)[]): ReferenceMove[] {
    const [from, to] = ends.map((known) => valueOf(field, known));
    if (from === to) return [];
    const keyIn = (value: string | undefined): ReferenceKey | undefined =>
      value === undefined ? undefined : keyOf(definition, field, value);
    return [
      {
        id,
        from: keyIn(from),
        to: keyIn(to),
        holds: async (holder, value) => valueOf(field, await this.known(definition, holder)) === value,
        refused: () =>
          invalid([{ field: `${definition.root}.${field.name}`, code: 'not_unique', message: 'must not be that of another one' }]),
      },
    ];
  }

  private async known(definition: PlainResource, id: number): Promise<Known | undefined> {
    const { state } = await this.events.load(definition.stream, id);
    return state.registered ? this.people.complete(definition, id, state) : undefined;
  }
}
