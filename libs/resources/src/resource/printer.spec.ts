import type { FieldDefinition, Related } from '#millwright/fields';
import { Printer } from './printer.js';

describe('printing a row', () => {
  const printed = (name: string, print: () => unknown): FieldDefinition => ({ name, printed: { name, openApi: {}, print } });

  it('that fails waits for what it has begun, which may fail as well', async () => {
    const reading = new Promise((_, reject) => setImmediate(reject, new Error('the database is away')));
    const ended: string[] = [];
    const printer = new Printer([
      printed('location', () => reading.finally(() => ended.push('location'))),
      printed('purchase_cost', () => {
        throw new Error('no decimal');
      }),
    ]);
    await expect(printer.print({}, 'full', {} as Related)).rejects.toThrow('no decimal');
    expect(ended).toEqual(['location']);
  });
});
