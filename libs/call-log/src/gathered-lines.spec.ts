import { lineSeparator } from './domain/call-line.js';
import { GatheredLines } from './gathered-lines.js';

const linesIn = (gathered: GatheredLines): string[][] =>
  gathered.take().map(({ bytes, lines }) => {
    const said = bytes.toString().split(lineSeparator);
    expect(said).toHaveLength(lines);
    return said;
  });

describe('lines that are gathered', () => {
  it('are taken once, as they came', () => {
    const gathered = new GatheredLines();
    expect(linesIn(gathered)).toEqual([]);
    for (const line of ['first', 'zweite, größer', '第三行 🔧']) gathered.add(line);
    expect(linesIn(gathered)).toEqual([['first', 'zweite, größer', '第三行 🔧']]);
    gathered.add('later');
    expect([linesIn(gathered), linesIn(gathered)]).toEqual([[['later']], []]);
  });

  it('are whole, however many and however long they are', () => {
    const gathered = new GatheredLines();
    const lines = Array.from({ length: 3_000 }, (_, index) => `${index} ${'€'.repeat(index % 97)}`);
    lines.splice(1_500, 0, 'ü'.repeat(100_000));
    for (const line of lines) gathered.add(line);
    const texts = linesIn(gathered);
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.flat()).toEqual(lines);
  });
});
