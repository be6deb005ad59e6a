/** The program cannot start, for a reason that a person can put right: the message says what is wrong and what to do. */
export class CannotStart extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
