import type { ProcessorTime } from './processor-time.js';

/** What a number may be measured against: a share of the raw probe, or a limit of its own. */
export type Budget = Readonly<{ atLeastTimesProbe: number } | { atMost: number } | { atMostTimesProbe: number } | { none: true }>;

/** What one operation took: milliseconds that its caller waited, null where nobody looked, and microseconds of processor time. */
export type Cost = Readonly<{ count: number; p50: number | null; p99: number | null; processor: ProcessorTime }>;

/** One measured line. `probe` is what the bare machine did in the same minute, in the same unit. */
export type Measurement = Readonly<{ name: string; unit: string; value: number; probe: number | null; budget: Budget; cost?: Cost }>;

/** A line as `--json` writes it. */
export type Line = Readonly<{
  name: string;
  unit: string;
  value: number;
  probe: number | null;
  ratio: number | null;
  budget: string;
  met: boolean;
  cost?: Cost;
}>;

export function judged({ name, unit, value, probe, budget, cost }: Measurement): Line {
  const ratio = probe === null || probe === 0 ? null : value / probe;
  return {
    name,
    unit,
    value: rounded(value),
    probe: probe === null ? null : rounded(probe),
    ratio: ratio === null ? null : rounded(ratio),
    ...verdict(value, ratio, budget, unit),
    ...(cost && { cost: roundedCost(cost) }),
  };
}

function verdict(value: number, ratio: number | null, budget: Budget, unit: string): Pick<Line, 'budget' | 'met'> {
  if ('atLeastTimesProbe' in budget)
    return { budget: `≥ ${budget.atLeastTimesProbe} × probe`, met: ratio !== null && ratio >= budget.atLeastTimesProbe };
  if ('atMostTimesProbe' in budget)
    return { budget: `≤ ${budget.atMostTimesProbe} × probe`, met: ratio !== null && ratio <= budget.atMostTimesProbe };
  if ('atMost' in budget) return { budget: `≤ ${budget.atMost} ${unit}`, met: value <= budget.atMost };
  return { budget: 'none', met: true };
}

const rounded = (value: number): number => Number(value.toPrecision(4));
const roundedIfKnown = (value: number | null): number | null => (value === null ? null : rounded(value));

const roundedCost = ({ count, p50, p99, processor: { server, postgres, generator } }: Cost): Cost => ({
  count,
  p50: roundedIfKnown(p50),
  p99: roundedIfKnown(p99),
  processor: {
    server: roundedIfKnown(server),
    postgres: roundedIfKnown(postgres),
    generator: rounded(generator),
  },
});
