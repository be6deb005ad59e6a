/** One result of a batch: what an operation was answered. */
export type Result = Readonly<{ status: number; body: unknown }>;

type ErrorBody = Readonly<{ error: Readonly<Record<string, unknown>>; message: unknown }>;

const isError = (body: unknown): body is ErrorBody => typeof body === 'object' && body !== null && 'error' in body;

const message = 'This was refused when it was asked for first.';

/**
 * A refusal of a kept batch as it may be told to whoever repeats it, who may see less by now (contract, part 4, S12): what it names, as the order that a timer
 * runs on, is not looked at again. After other rights there is nothing left but its code; where only the rows change that he sees, what names no record stays.
 * @param isForOthers whether his rights are other than they were
 */
export function refusalNow(kept: Result, isForOthers: boolean): Result {
  const { status, body } = kept;
  if (!isError(body) || !(isForOthers || 'id' in body.error)) return kept;
  const { code, request_id } = body.error;
  return { status, body: { ...body, message, error: { code, message, details: [], request_id } } };
}
