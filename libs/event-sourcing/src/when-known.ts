/**
 * Goes on with a value: at once where it is there, else as soon as it is. What a request asks is nearly always known, and at this number of
 * questions waiting for what is known costs more than the answers.
 */
export const whenKnown = <Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> => (value instanceof Promise ? value.then(next) : next(value));

/** Several of them in their order, at once where all are there. */
export const allKnown = <Value>(values: readonly (Value | Promise<Value>)[]): readonly Value[] | Promise<Value[]> =>
  values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly Value[]);
