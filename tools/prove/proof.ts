import { parseArgs } from 'node:util';
import { faultOf, Random } from './random.js';

export type Circumstances = Readonly<{ seed: number; seconds: number; random: Random }>;

/** One thing that must hold, whether it did, and the figure a reader can judge it by. `timed` ones depend on how busy the machine is. */
export type Finding = Readonly<{ claim: string; held: boolean; figure: string; timed?: boolean }>;

/** What a proof found: claims that must hold, and figures that only inform. */
export type Findings = Readonly<{ claims: readonly Finding[]; figures: Readonly<Record<string, string | number>> }>;

/**
 * Runs one proof as a program: `--seed` repeats an earlier run's choices, `--seconds` limits how long faults are made, `--untimed` shows claims about
 * time without judging them (for machines that have other work, as those that run tests do).
 * Prints every claim with its figure; the exit code is 1 when one did not hold.
 */
export async function prove(
  promise: string,
  defaultSeconds: number,
  run: (circumstances: Circumstances) => Promise<Findings>,
): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, seconds: { type: 'string' }, untimed: { type: 'boolean', default: false } },
  });
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const seconds = values.seconds === undefined ? defaultSeconds : Number(values.seconds);
  console.log(`${promise}\nseed ${seed}, ${seconds} s\n`);
  try {
    const { claims, figures } = await run({ seed, seconds, random: new Random(seed) });
    for (const [name, figure] of Object.entries(figures)) console.log(`  ${name.padEnd(44)} ${figure}`);
    console.log('');
    const judged = claims.filter(({ timed }) => !(timed && values.untimed));
    for (const finding of claims) {
      const verdict = !judged.includes(finding) ? 'took  ' : finding.held ? 'held  ' : 'BROKEN';
      console.log(`  ${verdict}  ${finding.claim}: ${finding.figure}`);
    }
    const broken = judged.filter(({ held }) => !held).length;
    console.log(broken === 0 ? `\nall ${judged.length} claims held` : `\n${broken} of ${judged.length} claims are broken (seed ${seed})`);
    process.exitCode = broken === 0 ? 0 : 1;
  } catch (error) {
    console.error(`\nthe proof could not be finished (seed ${seed}): ${faultOf(error)}`);
    process.exitCode = 2;
  }
  // Everything that was started has ended by now; what a killed process has left half open must not keep the verdict from being given.
  process.exit();
}

/** A claim that counts what must not be: it holds when there is none. */
export const none = (claim: string, offenders: readonly string[]): Finding => ({
  claim,
  held: offenders.length === 0,
  figure: offenders.length === 0 ? '0 exceptions' : `${offenders.length} exceptions, e.g. ${offenders.slice(0, 3).join('; ')}`,
});

export const atMost = (claim: string, value: number, limit: number, unit: string): Finding => ({
  claim,
  held: value <= limit,
  figure: `${value.toFixed(0)} ${unit} (limit ${limit} ${unit})`,
  timed: true,
});

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
