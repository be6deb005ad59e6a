import { Rejection } from '#millwright/event-sourcing';
import { Children, fieldProblem, fieldsOf, isInput, Money, partialClassOf, Reference, References, Text, validatedInput } from '../index.js';

class ContactFields {
  @Text({ required: true, max: 5 }) name!: string;
  @Money() rate?: string | null;
  @Reference('location') location_id?: number | null;
  @References('category') categories_ids?: number[] | null;
}

class FirmFields {
  @Children(ContactFields, { name: 'firm_contact', most: 2 }) firm_contacts_attributes?: ContactFields[] | null;
}

const read = (said: unknown, type: new () => object = FirmFields): object =>
  validatedInput(type, { firm_contacts_attributes: said }, 'firm');

function problems(said: unknown): string[] {
  try {
    read(said);
    return [];
  } catch (error) {
    return error instanceof Rejection ? error.details.map(({ field, code }) => `${field} ${code}`) : [String(error)];
  }
}

describe('what requests say of children', () => {
  it.each([
    ['an object for a list', {}, 'firm.firm_contacts_attributes not_a_list'],
    ['a number for an object', [1], 'firm.firm_contacts_attributes not_an_object'],
    ['too many', [{ id: 1 }, { id: 2 }, { id: 3 }], 'firm.firm_contacts_attributes too_many'],
    ['a change that empties what must be given', [{ id: 1, name: null }], 'firm.firm_contacts_attributes.0.name required'],
    ['an id that is none', [{ id: 'x' }], 'firm.firm_contacts_attributes.0.id not_an_id'],
    ['an instruction that is neither yes nor no', [{ id: 1, _destroy: 1 }], 'firm.firm_contacts_attributes.0._destroy not_a_boolean'],
    ['a value that does not fit', [{ id: 1, name: 'abcdef' }], 'firm.firm_contacts_attributes.0.name too_long'],
    ['a field that there is not', [{ id: 1, colour: 'red' }], 'firm.firm_contacts_attributes.0.colour unknown_field'],
  ])('is refused where it is %s', (_, said, problem) => expect(problems(said)).toEqual([problem]));

  it.each([
    ['null', null],
    ['nothing', []],
    ['a change of some fields', [{ id: 1, rate: null }]],
    ['a change of one that is known by something else', [{ rate: 1 }]],
    ['that one is to go', [{ id: 1, _destroy: true }]],
  ])('may be %s', (_, said) => expect(problems(said)).toEqual([]));

  it('is canonical inside: decimals, ids from text, each id once', () =>
    expect(read([{ id: '7', rate: '012.50', location_id: '3', categories_ids: ['2', 2] }])).toEqual({
      firm_contacts_attributes: [{ id: 7, rate: '12.5', location_id: 3, categories_ids: [2] }],
    }));

  it('is the same in a change of the record', () => {
    const Change = partialClassOf(FirmFields, 'ChangeFirm');
    expect(() => read([{ name: null }], Change)).toThrow('firm.firm_contacts_attributes.0.name');
    expect(read([{ id: 1 }], Change)).toEqual({ firm_contacts_attributes: [{ id: 1 }] });
  });

  it('is judged by the same words where it does not even fit the schema of GraphQL', () => {
    const [field] = fieldsOf(FirmFields).filter(isInput);
    expect(field && fieldProblem(field, 'x')).toMatchObject({ code: 'not_a_list' });
  });

  it.each([
    ['firm_friends_attributes', 'firm_friends'],
    ['friends', 'friends'],
  ])('is kept, said as %s, as %s', (said, column) => {
    class Firm {}
    Children(ContactFields, { name: 'firm_friend' })(Firm.prototype, said);
    expect(fieldsOf(Firm)).toMatchObject([{ name: said, stored: { name: column } }]);
  });
});
