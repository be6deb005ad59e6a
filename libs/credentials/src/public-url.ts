/**
 * What every absolute address and the issuer of tokens begins with: PUBLIC_URL, else where this process listens; never what a request says (contract,
 * part 4, S10).
 */
export class PublicUrl {
  private listening = '';

  /** @param configured without a slash at its end */
  constructor(private readonly configured?: string) {}

  /** Told once the port is known. */
  listensAt(url: string): void {
    this.listening = url;
  }

  get text(): string {
    return this.configured ?? this.listening;
  }

  /** What tokens are for. */
  get audience(): string {
    return audienceOf(this.text);
  }

  /**
   * Whether this installation calls itself so. Without PUBLIC_URL each process has a name of its own, by its port, and each takes the tokens of the others:
   * that they are of this installation, their key says.
   */
  isOwn(issuer: string): boolean {
    if (issuer === this.text) return true;
    if (this.configured !== undefined || !URL.canParse(issuer) || !URL.canParse(this.listening)) return false;
    const [theirs, ours] = [new URL(issuer), new URL(this.listening)];
    return issuer === theirs.origin && theirs.protocol === ours.protocol && theirs.hostname === ours.hostname;
  }
}

export const audienceOf = (issuer: string): string => `${issuer}/api/v1`;
