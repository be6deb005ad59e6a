/**
 * An answer that has its own shape, as JSON text. One that is not final (a part of it failed on our side) is not kept
 * under its Idempotency-Key, so that a repeat goes on.
 */
export class UnwrappedAnswer {
  constructor(
    readonly text: string,
    readonly facts: Readonly<{ final: boolean; position: string | undefined }>,
  ) {}
}
