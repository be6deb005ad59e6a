/** How long after somebody was answered the next one is reckoned with, in milliseconds. */
const presentMs = 1_000;

/** Knows whether somebody waits for this process, so that what happens by itself can give way. */
export class Precedence {
  private waiting = 0;
  private lastAnswered = Number.NEGATIVE_INFINITY;
  private quiet: Promise<void> | undefined;
  private becameQuiet: () => void = () => undefined;

  /** `now`: milliseconds that only go forwards. */
  constructor(private readonly now = () => performance.now()) {}

  /** A command has to be carried out, or a reader waits to be shown what was written. */
  get somebodyWaits(): boolean {
    return this.waiting > 0;
  }

  /** Somebody waits, or did a moment ago. */
  get somebodyIsThere(): boolean {
    return this.somebodyWaits || this.now() - this.lastAnswered < presentMs;
  }

  begin(): void {
    this.waiting += 1;
  }

  /** Once for each `begin`. */
  end(): void {
    this.waiting -= 1;
    if (this.waiting > 0) return;
    this.lastAnswered = this.now();
    this.quiet = undefined;
    this.becameQuiet();
  }

  /** Resolves when nobody waits any more. */
  nobodyWaits(): Promise<void> {
    if (!this.somebodyWaits) return Promise.resolve();
    this.quiet ??= new Promise((resolve) => (this.becameQuiet = resolve));
    return this.quiet;
  }
}
