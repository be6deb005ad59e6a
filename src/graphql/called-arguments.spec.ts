import { buildSchema, GraphQLID, parseValue, type GraphQLInputType } from 'graphql';
import { sentIn } from './called-arguments.js';

const schema = buildSchema('input Filter { id: ID, name: String } type Query { parts(filter: [Filter]): Int }');
const type = schema.getQueryType()?.getFields()['parts']?.args[0]?.type as GraphQLInputType;
const sent = (value: string, variables: object) => sentIn([{ path: 'parts.filter', type, value: parseValue(value) }], { ...variables });

describe('what the arguments of a document hold', () => {
  it('is told by names that the schema knows, with ids and without a word', () => {
    const { names, counts, ids } = sent('[$one, { id: 8 }]', { one: { id: '7', name: 'Ann', nobody: 'knows' } });
    expect([...names]).toEqual(['parts.filter', 'parts.filter.id', 'parts.filter.name']);
    expect([...counts, ...ids]).toEqual([
      ['parts.filter', 2],
      ['parts.filter.id', [7, 8]],
    ]);
  });

  it('is looked for through 2,000 values, the name of each included', () => {
    const many = Array.from({ length: 900 }, () => ({ id: 7 }));
    const { names } = sent('$many', { many: [...many, { name: 'Ann' }] });
    expect([...names]).toContain('parts.filter.name');
  });

  it.each([
    ['values', '$many', { many: Array.from({ length: 1_000 }, () => ({ id: 7 })) }],
    ['names that nobody knows', '$many', { many: [Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`nobody${n}`, 1]))] }],
    ['ids of one name', '$many', { many: Array.from({ length: 101 }, (_, n) => ({ id: n + 1 })) }],
  ])('is told as cut where there are too many %s', (_, value, variables) => {
    expect(sent(value, variables).isCut).toBe(true);
    expect(sent('$many', { many: Array.from({ length: 100 }, () => ({ id: 7 })) }).isCut).toBe(false);
  });

  it('has the ids first that root fields are asked for, whatever else a document holds', () => {
    const many = { path: 'parts.filter', type, value: parseValue('$many') };
    const people = Array.from({ length: 51 }, (_, n) => ({ path: 'person.id', type: GraphQLID, value: parseValue(`${n + 1}`) }));
    const { ids, isCut } = sentIn([many, ...people], { many: Array.from({ length: 2_000 }, () => ({ id: 7 })) });
    expect([ids.get('person.id')?.length, isCut]).toEqual([51, true]);
  });

  it('is not looked for through more than 2,000 values and names, whoever knows them, wherever one variable stands', () => {
    let looks = 0;
    const members = Object.fromEntries(Array.from({ length: 1_000 }, (_, place) => [`nobody${place}`, 1]));
    const one = new Proxy(members, {
      ownKeys: (target) => ((looks += 1_000), Reflect.ownKeys(target)),
    });
    sent(`[${'$one '.repeat(1_900)}]`, { one });
    expect(looks).toBeLessThanOrEqual(3_000);
  });
});
