import { Rejection } from '#millwright/event-sourcing/decider';
import type { Child, Problem } from '#millwright/fields';
import { itemsWithSuitingOptions, refuseWhatNoOrderCouldCopy } from './template-items.js';

/** What comes of one item that is said so, or what is wrong with it. */
function item(item_type: string, options?: object): unknown {
  const child: Child = { id: 1, name: 'Pressure', item_type, options };
  const refuse = (place: number, field: string, { code }: Problem): never => {
    throw new Error(`${place}.${field} ${code}`);
  };
  const changed = { before: [], after: [child], saidOf: () => ({ place: 0, values: child }), refuse };
  try {
    return itemsWithSuitingOptions(changed)[0]?.['options'];
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe('the options of an item', () => {
  it('are kept without what is not so', () => {
    expect(item('text')).toEqual({});
    expect(item('number', { required: false, choices: [], unit: 'bar', min: '-1.5', max: null })).toEqual({ unit: 'bar', min: '-1.5' });
    expect(item('checklist', { required: true, choices: ['Oil', 'Belt'] })).toEqual({ required: true, choices: ['Oil', 'Belt'] });
  });

  it.each([
    ['multiple_choice', {}, '0.options.choices required'],
    ['checklist', { choices: null }, '0.options.choices required'],
    ['text', { choices: ['a', 'b'] }, '0.options.choices not_for_item_type'],
    ['date', { min: '1' }, '0.options.min not_for_item_type'],
    ['checkbox', { unit: 'bar' }, '0.options.unit not_for_item_type'],
    ['heading', { required: true }, '0.options.required not_for_item_type'],
    ['number', { min: '2', max: '1.999999' }, '0.options.max out_of_range'],
  ])('of a %s cannot be %j', (type, options, problem) => expect(item(type, options)).toBe(problem));

  it('may leave a number one value only', () => expect(item('number', { min: '2', max: '2' })).toEqual({ min: '2', max: '2' }));

  it('of an item that nobody names stay as they are', () => {
    const child: Child = { id: 1, item_type: 'text', options: { hint: 'x' } };
    const refuse = (): never => {
      throw new Error('refused');
    };
    expect(itemsWithSuitingOptions({ before: [child], after: [child], saidOf: () => undefined, refuse })).toEqual([child]);
  });
});

describe('a template', () => {
  it('is refused where no order could copy it in one event', () => {
    const of = (choices: number) => ({ name: 'Audit', items: [{ id: 1, options: { choices: Array(choices).fill('ü'.repeat(100)) } }] });
    expect(() => refuseWhatNoOrderCouldCopy(of(280))).not.toThrow();
    expect(() => refuseWhatNoOrderCouldCopy(of(290))).toThrow(Rejection);
  });
});
