import { buildSchema, parse } from 'graphql';
import { calledBy } from './called-document.js';

describe('what the log of calls says of a document', () => {
  it('is of all its root fields, however many there are, and says which names it leaves out', () => {
    const numbers = Array.from({ length: 101 }, (_, index) => index + 1);
    const schema = buildSchema(`type Query { ${numbers.map((n) => `part${n}(id: ID): Int`).join(' ')} }`);
    const said = (of: readonly number[]) =>
      calledBy(schema, parse(`{ ${of.map((n) => `part${n}(id: ${n})`).join(' ')} }`), undefined).said(undefined);
    const { ids, summary } = said(numbers);
    expect(ids).toEqual(numbers);
    expect(JSON.parse(summary ?? '')).toMatchObject({ fields: numbers.slice(0, 100).map((n) => `part${n}`), truncated: true });
    expect(said(numbers.slice(0, 100)).summary).not.toContain('truncated');
  });
});
