import { Rejection } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { namingLargest } from './largest-field.js';

const tooLarge = new Rejection('EVENT_TOO_LARGE', 'Too much.');

const named = (said: object): unknown => (namingLargest(tooLarge, said) as Rejection).details.map(({ field, code }) => `${field} ${code}`);

describe('what makes an entry too large', () => {
  it('is the field that takes the most room in bytes, not in characters', () => {
    expect(named({ part: { name: 'x'.repeat(5), description: '\u4e2d\u4e2d', quantity: 123_456_789 } })).toEqual([
      'part.description too_long',
    ]);
    expect(named({ answers: [{ value: 'long' }], note: 'x' })).toEqual(['answers too_many']);
  });

  it('is looked for inside a record within the record, and a list is named whole', () => {
    const part_assignments = [{ part_id: 1, quantity: '1' }];
    expect(named({ pm_schedule: { title: 'Rounds', template_work_order: { title: 'Oil', part_assignments } } })).toEqual([
      'pm_schedule.template_work_order.part_assignments too_many',
    ]);
  });

  it('is named by nobody where nothing was said that takes room, or where the refusal names it already', () => {
    expect(namingLargest(tooLarge, { work_order: { status_id: 5, due_date: null } })).toBe(tooLarge);
    const [other, fault] = [invalid([{ field: 'part.name', code: 'required', message: 'must be given' }]), new Error('no')];
    const known = new Rejection('EVENT_TOO_LARGE', 'Too much.', [{ field: 'items', code: 'too_many', message: 'are too many' }]);
    for (const failure of [other, fault, known]) expect(namingLargest(failure, { part: { name: 'x' } })).toBe(failure);
  });
});
