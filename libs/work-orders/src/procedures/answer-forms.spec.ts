import { InexactNumber } from '#millwright/quantities';
import { item } from '../testing/procedures.js';
import { answerForm } from './answer-forms.js';

const signature = { signature: '0199b0a5-0000-7000-8000-000000000000', sha256: 'ab' };
const form = answerForm(new Map([[1, signature]]));
const choices = { choices: ['Oil', 'Belt', 'Filter'] };

/** What is kept of a value, or the code of what is wrong with it. */
function said(type: string, value: unknown): unknown {
  const found = form({ ...item(1, type, choices), value: null, answeredAt: null, answeredBy: null }, value);
  return 'problem' in found ? found.problem.code : [found.value];
}

describe('the form of an answer', () => {
  it.each<readonly [type: string, value: unknown, kept: unknown]>([
    ['text', ' as it is ', [' as it is ']],
    ['text', '', ['']],
    ['text', 5, 'not_text'],
    ['text', 'x'.repeat(20_001), 'too_long'],
    ['text', '€'.repeat(13_334), 'too_long'],
    ['number', 1.5, ['1.5']],
    ['number', '-012.500', ['-12.5']],
    ['number', '0.1234567', 'too_many_decimals'],
    ['number', 1e15, 'too_many_digits'],
    ['number', '1000000000', 'out_of_range'],
    ['number', new InexactNumber('1e400'), 'out_of_range'],
    ['number', true, 'not_a_number'],
    ['checkbox', true, [true]],
    ['checkbox', 1, 'not_a_boolean'],
    ['yes_no', false, [false]],
    ['yes_no', 'yes', 'not_a_boolean'],
    ['multiple_choice', 'Belt ', ['Belt']],
    ['multiple_choice', 'Chain', 'not_a_choice'],
    ['multiple_choice', ['Belt'], 'not_a_choice'],
    ['checklist', ['Oil', 'Filter'], [['Oil', 'Filter']]],
    ['checklist', [], [[]]],
    ['checklist', 'Oil', 'not_a_list'],
    ['checklist', ['Oil', 'Chain'], 'not_a_choice'],
    ['checklist', ['Oil', 'Oil'], 'not_unique'],
    ['date', '2026-02-28', ['2026-02-28']],
    ['date', '2026-02-29', 'invalid_date'],
    ['date', '2026-02-28T00:00:00Z', 'invalid_date'],
    ['signature', { name: 'Ada' }, [signature]],
    ['signature', 'Ada', 'not_an_object'],
    ['signature', {}, 'required'],
    ['signature', { name: ' ' }, 'required'],
    ['signature', { name: 'Ada', signed_at: '2026-01-01' }, 'unknown_field'],
    ['photo', 7, 'not_available_yet'],
    ['heading', 'x', 'takes_no_answer'],
    ['number', undefined, 'required'],
    ...['text', 'number', 'checklist', 'signature', 'photo', 'heading'].map((type) => [type, null, [null]] as const),
  ])('of a %s may be said, or not, with %p', (type, value, expected) => expect(said(type, value)).toEqual(expected));
});
