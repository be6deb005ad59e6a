import { InexactNumber } from '#millwright/quantities';
import { item } from '../testing/procedures.js';
import { answerForm } from './answer-forms.js';

const signature = { signature: '0199b0a5-0000-7000-8000-000000000000', sha256: 'ab' };
const before = { signature: '0199b0a5-0000-7000-8000-000000000001', sha256: 'cd' };
const erased = { signature: '0199b0a5-0000-7000-8000-000000000002', sha256: 'ef' };
const names = new Map([
  [before.signature, 'Grace'],
  [erased.signature, null],
]);
const form = answerForm({ given: new Map([[1, signature]]), names });
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
    ['signature', { name: 'Ada', signed_at: '2026-01-01T08:00:00Z' }, 'never_changes'],
    ['signature', { name: 'Ada', role: 'Foreman' }, 'unknown_field'],
    ['photo', 7, 'not_available_yet'],
    ['heading', 'x', 'takes_no_answer'],
    ['number', undefined, 'required'],
    ...['text', 'number', 'checklist', 'signature', 'photo', 'heading'].map((type) => [type, null, [null]] as const),
  ])('of a %s may be said, or not, with %p', (type, value, expected) => expect(said(type, value)).toEqual(expected));
});

describe('a signature that is sent back', () => {
  const given = { ...item(1, 'signature'), answeredAt: '2026-01-31T08:00:00.000Z', answeredBy: null };

  it.each<readonly [string, object, object, unknown]>([
    ['stays as it is', before, { name: ' Grace', signed_at: '2026-01-31T08:00:00Z' }, [before]],
    ['stays as it is, also where its name was erased', erased, { name: null, signed_at: '2026-01-31T09:00:00+01:00' }, [erased]],
    ['is given anew by another name', before, { name: 'Ada', signed_at: '2026-01-31T08:00:00Z' }, [signature]],
    ['is given anew without its moment', before, { name: 'Grace' }, [signature]],
    ['has its moment from nobody', before, { name: 'Grace', signed_at: '2026-01-31T08:00:01Z' }, 'never_changes'],
    ['has a moment that is one', before, { name: 'Grace', signed_at: 5 }, 'never_changes'],
    ['has a name', before, { name: null, signed_at: '2026-01-31T08:00:00Z' }, 'required'],
  ])('%s', (_, value, sent, expected) => {
    const found = form({ ...given, value: value as typeof before }, sent);
    expect('problem' in found ? found.problem.code : [found.value]).toEqual(expected);
  });
});
