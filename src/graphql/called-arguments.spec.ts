import { buildSchema, parseValue, type GraphQLInputType } from 'graphql';
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
