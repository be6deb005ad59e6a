import { table } from '../table.js';
import type { Line } from './line.js';
import { describeRun, type Run } from './run.js';

/** A figure of a line in two runs; null where a run does not have it. */
export type Comparison = Readonly<{
  name: string;
  unit: string;
  before: number | null;
  after: number | null;
  /** After ÷ before. */
  ratio: number | null;
}>;

type Figure = Readonly<{ name: string; unit: string; value: number | null }>;

/** Every figure of every line, in the order of the later run; what only the earlier one has stands at the end. */
export function compare(before: readonly Line[], after: readonly Line[]): Comparison[] {
  const [earlier, later] = [before.flatMap(figuresOf), after.flatMap(figuresOf)];
  const keyOf = ({ name, unit }: Figure): string => `${name} ${unit}`;
  const [valuesBefore, valuesAfter] = [earlier, later].map((figures) => new Map(figures.map((figure) => [keyOf(figure), figure.value])));
  const all = new Map([...later, ...earlier].map((figure) => [keyOf(figure), figure]));
  return [...all].map(([key, { name, unit }]) => {
    const [was, is] = [valuesBefore?.get(key) ?? null, valuesAfter?.get(key) ?? null];
    return { name, unit, before: was, after: is, ratio: was === null || is === null || was === 0 ? null : is / was };
  });
}

function figuresOf({ name, unit, value, cost }: Line): Figure[] {
  const line = { name, unit, value };
  if (!cost) return [line];
  const { p99, processor } = cost;
  return [
    line,
    { name: `${name}: p99`, unit: 'ms', value: p99 },
    { name: `${name}: server`, unit: 'µs', value: processor.server },
    { name: `${name}: PostgreSQL`, unit: 'µs', value: processor.postgres },
    { name: `${name}: load generator`, unit: 'µs', value: processor.generator },
  ];
}

/** Both runs, what makes them hard to compare, and every figure before and after. */
export function comparisonText(before: Run, after: Run): string {
  const rows = compare(before.lines, after.lines).filter((row) => row.before !== null || row.after !== null);
  return [
    `Before: ${describeRun(before)}`,
    `After:  ${describeRun(after)}`,
    ...differences(before, after),
    table(
      ['what', 'unit', 'before', 'after', 'ratio'],
      rows.map(({ name, unit, before: was, after: is, ratio }) => [
        name,
        unit,
        String(was ?? ''),
        String(is ?? ''),
        ratio === null ? '' : ratio.toFixed(2),
      ]),
    ),
  ].join('\n');
}

function differences(before: Run, after: Run): string[] {
  const differing = [
    ...(before.node === after.node ? [] : ['Node']),
    ...(before.machine.processors === after.machine.processors ? [] : ['the machine']),
    ...(JSON.stringify(before.size) === JSON.stringify(after.size) ? [] : ['how much was done']),
  ];
  return differing.length === 0 ? [] : [`The runs differ in ${differing.join(', ')}.`];
}
