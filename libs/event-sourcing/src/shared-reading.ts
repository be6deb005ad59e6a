/** One reading at a time of something that others change meanwhile, shared by all who ask for it. */
export class SharedReading<Value> {
  private underWay: Promise<Value> | undefined;
  private following: Promise<Value> | undefined;

  constructor(private readonly read: () => Promise<Value>) {}

  /** The one that is under way, which may have passed by what was changed a moment ago; else a new one. */
  joined(): Promise<Value> {
    return this.underWay ?? this.begin();
  }

  /** One that begins after this was called, so that it has everything that was changed until then. All who ask before it begins share it. */
  anew(): Promise<Value> {
    if (this.following) return this.following;
    if (!this.underWay) return this.begin();
    const begin = (): Promise<Value> => this.begin();
    this.following = this.underWay.then(begin, begin);
    return this.following;
  }

  private begin(): Promise<Value> {
    this.following = undefined;
    const reading = this.read();
    this.underWay = reading;
    const over = (): void => {
      if (this.underWay === reading) this.underWay = undefined;
    };
    reading.then(over, over);
    return reading;
  }
}
