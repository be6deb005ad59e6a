/** What is known of an identifier as typed, tried from one address: when it was wrong, and how long it waits. Times in milliseconds since 1970. */
export type Pair = Readonly<{
  /** The latest wrong ones. */
  wrongAt: readonly number[];
  /** How often it had to wait so far, one after the other. */
  waits: number;
  waitsUntil: number | null;
}>;

export const unknownPair: Pair = { wrongAt: [], waits: 0, waitsUntil: null };

const mostWrong = 5;
const windowMs = 15 * 60_000;
const firstWaitMs = 30_000;
const longestWaitMs = 15 * 60_000;

/** For how many seconds, rounded up, nothing is tried for this pair; 0 where it need not wait (contract, part 4, S28). */
export const secondsToWait = ({ waitsUntil }: Pair, now: number): number => Math.max(0, Math.ceil(((waitsUntil ?? now) - now) / 1_000));

/**
 * The pair after a wrong password: with the fifth in 15 minutes it waits 30 s, doubled by each further one up to 15 minutes (S56). Who is wrong again
 * within 15 minutes of the end of a wait goes on where he was.
 */
export function afterWrong({ wrongAt, waits, waitsUntil }: Pair, now: number): Pair {
  const recent = [...wrongAt.filter((at) => at > now - windowMs), now].slice(-mostWrong);
  const goesOn = waitsUntil !== null && now < waitsUntil + windowMs;
  if (!goesOn && recent.length < mostWrong) return { wrongAt: recent, waits: 0, waitsUntil: null };
  const times = goesOn ? waits + 1 : 1;
  return { wrongAt: recent, waits: times, waitsUntil: now + Math.min(longestWaitMs, firstWaitMs * 2 ** (times - 1)) };
}
