import { Name } from '#millwright/fields';
import { defineRecord } from './define-resource.js';
import { PlainWriter } from './plain-writer.js';

class HallFields {
  @Name({ required: true }) name!: string;
}

const halls = defineRecord({ name: 'hall', plural: 'halls', fields: HallFields, description: 'A hall.', scope: 'customer' });

describe('a guard of a kind of record', () => {
  const none = undefined as never;
  const writer = new PlainWriter(none, none, none, none, none, none, none);
  const refuse = (): never => {
    throw new Error('no');
  };

  it('is not put out of its place by another one', () => {
    writer.guardChanges(halls, refuse);
    writer.guardArchive(halls, refuse);
    expect(() => writer.guardChanges(halls, refuse)).toThrow('a second guard of hall would take the place of the first');
    expect(() => writer.guardArchive(halls, refuse)).toThrow('a second guard of hall would take the place of the first');
  });
});
