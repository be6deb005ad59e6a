/**
 * A canonical decimal on its way out. REST prints it as a JSON number (`toJSON`), the GraphQL scalar as its text,
 * so that one rendering serves both edges and no float is ever calculated with.
 */
export class PrintedDecimal {
  constructor(readonly text: string) {}

  toJSON(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }
}

/** A stored decimal as it is printed; null stays null. */
export const printed = (text: string | null | undefined): PrintedDecimal | null => (text == null ? null : new PrintedDecimal(text));
