/**
 * A number token of a request body that a JavaScript number cannot hold as it was written (1e400, 9007199254740993, more than
 * 15 significant digits). The body scan puts it in the place of the rounded number, so that validation names the field.
 */
export class InexactNumber {
  constructor(
    /** The token as it stood in the body. */
    readonly text: string,
  ) {}
}
