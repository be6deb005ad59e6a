import { InexactNumber } from '#millwright/quantities';
import { Rejection } from '#millwright/event-sourcing';
import { validatedInput } from './input-validation.js';
import {
  defineChoices,
  Flag,
  Instant,
  Integer,
  Money,
  NestedList,
  NotYet,
  OneOf,
  PlainDate,
  QrCode,
  Quantity,
  Reference,
  References,
  Text,
  type QrCodeAttributes,
  partialClassOf,
} from './index.js';

class Step {
  @Text({ required: true, max: 5 }) text!: string;
}

class Everything {
  @Text({ required: true, max: 10 }) name!: string;
  @Text({ max: 20_000 }) description?: string | null;
  @Integer({ atMost: 100 }) days?: number | null;
  @Quantity({ moreThan: '0' }) quantity?: string | null;
  @Quantity() any_quantity?: string | null;
  @Money() cost?: string | null;
  @Flag() is_new?: boolean | null;
  @PlainDate() bought_on?: string | null;
  @Instant() due_date?: string | null;
  @OneOf(defineChoices('Urgency', 'How urgent it is.', { high: 'Now.', low: 'Later.' }), {}) priority?: string | null;
  @Reference('asset') asset_id?: number | null;
  @References('part', { max: 3 }) parts_ids?: number[] | null;
  @NotYet() vendors_ids?: unknown;
  @NestedList(() => Step) steps?: Step[] | null;
  @QrCode() qr_code_attributes?: QrCodeAttributes | null;
}

const read = async (input: object): Promise<Everything> => validatedInput(Everything, input, 'thing');

async function problems(input: object): Promise<string[]> {
  const rejection: unknown = await read({ name: 'x', ...input }).catch((error: unknown) => error);
  if (!(rejection instanceof Rejection)) return [];
  return rejection.details.map(({ field, code }) => `${field} ${code}`);
}

describe('input fields', () => {
  it('count characters as JSON Schema does, not units of UTF-16', async () => {
    expect(await problems({ name: '🔧'.repeat(10) })).toEqual([]);
  });

  it.each([
    ['a text that is a number', { name: 1 }, 'thing.name not_text'],
    ['a required text that is blank', { name: ' ' }, 'thing.name required'],
    ['a required text that is null', { name: null }, 'thing.name required'],
    ['NUL', { name: 'a\0b' }, 'thing.name invalid_text'],
    ['a lone surrogate', { description: '\ud800' }, 'thing.description invalid_text'],
    ['a text that is too long', { name: 'x'.repeat(11) }, 'thing.name too_long'],
    ['a text of eleven characters in two units each', { name: '🔧'.repeat(11) }, 'thing.name too_long'],
    ['half a day', { days: 1.5 }, 'thing.days not_an_integer'],
    ['days as text', { days: '5' }, 'thing.days not_an_integer'],
    ['too many days', { days: 101 }, 'thing.days out_of_range'],
    ['an integer that was inexact', { days: new InexactNumber('9007199254740993') }, 'thing.days not_an_integer'],
    ['nothing of something', { quantity: 0 }, 'thing.quantity out_of_range'],
    ['four decimals of a quantity', { quantity: '1.0005' }, 'thing.quantity too_many_decimals'],
    ['three decimals of a cost', { cost: '1.005' }, 'thing.cost too_many_decimals'],
    ['a negative cost', { cost: -1 }, 'thing.cost out_of_range'],
    ['NaN', { cost: 'NaN' }, 'thing.cost not_a_number'],
    ['Arabic digits', { cost: '٣' }, 'thing.cost not_a_number'],
    ['hexadecimal text', { cost: '0x10' }, 'thing.cost not_a_number'],
    ['an exponent in text', { cost: '1e2' }, 'thing.cost not_a_number'],
    ['1e400', { cost: new InexactNumber('1e400') }, 'thing.cost out_of_range'],
    ['2^53 + 1', { quantity: new InexactNumber('9007199254740993') }, 'thing.quantity too_many_digits'],
    ['sixteen digits as text', { quantity: '9007199254740993' }, 'thing.quantity too_many_digits'],
    ['a number for a flag', { is_new: 1 }, 'thing.is_new not_a_boolean'],
    ['a day that is not in the calendar', { bought_on: '2026-02-29' }, 'thing.bought_on invalid_date'],
    ['an instant for a date', { bought_on: '2026-02-28T00:00:00Z' }, 'thing.bought_on invalid_date'],
    ['a date before 1900', { bought_on: '1899-12-31' }, 'thing.bought_on out_of_range'],
    ['an instant without offset', { due_date: '2026-01-01T00:00:00' }, 'thing.due_date invalid_date'],
    ['a minute without offset', { due_date: '2026-01-01T00:00' }, 'thing.due_date invalid_date'],
    ['an instant to the hour', { due_date: '2026-01-01T00Z' }, 'thing.due_date invalid_date'],
    ['a fraction of a minute', { due_date: '2026-01-01T00:00.5Z' }, 'thing.due_date invalid_date'],
    ['an instant on no real day', { due_date: '2026-04-31T00:00:00Z' }, 'thing.due_date invalid_date'],
    ['an instant after 2100', { due_date: '2101-01-01T00:00:00Z' }, 'thing.due_date out_of_range'],
    ['a word that is not offered', { priority: 'medium' }, 'thing.priority not_a_choice'],
    ['id zero', { asset_id: 0 }, 'thing.asset_id not_an_id'],
    ['an id past 2^53', { asset_id: new InexactNumber('9007199254740993') }, 'thing.asset_id not_an_id'],
    ['an id for ids', { parts_ids: 1 }, 'thing.parts_ids not_a_list'],
    ['too many ids', { parts_ids: [1, 2, 3, 4] }, 'thing.parts_ids too_many'],
    ['a relation that comes later', { vendors_ids: [1] }, 'thing.vendors_ids not_available_yet'],
    ['a field that does not exist', { colour: 'red' }, 'thing.colour unknown_field'],
    ['a field of a nested record that does not exist', { steps: [{ text: 'a', colour: 'red' }] }, 'thing.steps.0.colour unknown_field'],
    ['a text of few characters and many bytes', { description: '中'.repeat(13_334) }, 'thing.description too_long'],
    ['a nested text that is too long', { steps: [{ text: 'a' }, { text: 'abcdef' }] }, 'thing.steps.1.text too_long'],
    ['a nested record that is none', { steps: [1] }, 'thing.steps not_an_object'],
    ['a nested object that is text', { qr_code_attributes: 'x' }, 'thing.qr_code_attributes not_an_object'],
  ])('refuses %s', async (_, input, problem) => {
    expect(await problems(input)).toEqual([problem]);
  });

  it('names a required field that is missing', async () => {
    await expect(read({})).rejects.toMatchObject({ details: [{ field: 'thing.name', code: 'required' }] });
  });

  it.each([
    [12.5, '12.5'],
    ['012.50', '12.5'],
    ['-0.0', '0'],
    [1e-3, '0.001'],
    [1e8, '100000000'],
  ])('reads the quantity %p as %p', async (written, kept) => {
    expect((await read({ name: 'x', any_quantity: written })).any_quantity).toBe(kept);
  });

  it('keeps text byte for byte', async () => {
    const name = ' =é\u200b😀 ';
    expect((await read({ name })).name).toBe(name);
  });

  it('reads instants as UTC, ids from text, and each id once', async () => {
    const input = await read({ name: 'x', due_date: '2026-01-01T02:00:00+02:00', asset_id: '12', parts_ids: [3, '1', 3] });
    expect(input).toMatchObject({ due_date: '2026-01-01T00:00:00.000Z', asset_id: 12, parts_ids: [3, 1] });
  });

  it.each([
    ['2025-01-31T12:00Z', '2025-01-31T12:00:00.000Z'],
    ['2026-03-30T09:00+02:00', '2026-03-30T07:00:00.000Z'],
    ['2026-01-31t23:59:59.5z', '2026-01-31T23:59:59.500Z'],
  ])('reads the instant %p as %p', async (written, kept) => {
    expect((await read({ name: 'x', due_date: written })).due_date).toBe(kept);
  });

  it('accepts empty relations that come later', async () => {
    expect(await problems({ vendors_ids: [] })).toEqual([]);
    expect(await problems({ vendors_ids: null })).toEqual([]);
  });

  it('lets a change leave out what is required, but not empty it', async () => {
    const Change = partialClassOf(Everything, 'ChangeThing');
    const change = async (input: object): Promise<object> => validatedInput(Change, input, 'thing');
    await expect(change({})).resolves.toEqual({});
    await expect(change({ name: null })).rejects.toMatchObject({ details: [{ code: 'required' }] });
  });
});
