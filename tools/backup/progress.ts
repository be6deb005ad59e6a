/** How long nothing is said at the least, in milliseconds: what is done by then needs no progress. */
const silence = 1_000;

/** Says about once a second on standard error how far something has come, for a person and for a log file alike. */
export function progressOf(what: string): (bytes: number) => void {
  let saidAt = performance.now();
  let total = 0;
  return (bytes) => {
    total += bytes;
    const now = performance.now();
    if (now - saidAt < silence) return;
    saidAt = now;
    console.error(`${what}: ${(total / 1e6).toFixed(0)} MB`);
  };
}
