import type { TableDefinition } from '../projection.js';
import { RowBuffer } from './row-buffer.js';

const visits: TableDefinition = { name: 'visits', columns: { site_id: 'bigint', visits: 'integer' }, key: ['site_id'] };

describe('a row that a fold puts', () => {
  it('is refused where the table has no such column, by the names of those that it lacks', () => {
    const rows = new RowBuffer([visits]);
    expect(() => rows.put('visits', { site_id: 5, visits: 1, last: 'monday' })).toThrow(
      /^table visits: a row has columns that are not defined: last$/,
    );
  });

  it('is not read where it was not announced', () => {
    expect(() => new RowBuffer([visits]).get('visits', { site_id: 5 })).toThrow('not announced by keys()');
  });
});
