import { Rejection, type Detail } from '#millwright/event-sourcing';

/** The refusal of an input, as every edge says it. */
export function invalid(details: readonly Detail[]): Rejection {
  const [first] = details;
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : '';
  return new Rejection(
    'VALIDATION_FAILED',
    first ? `${first.field === '' ? 'body' : first.field}: ${first.message}${more}` : 'the input is not valid',
    details,
  );
}

/** The message of a refusal whose fields go by other names now: it begins with the first of them. */
export function withRenamedField(message: string, [before]: readonly Detail[], [now]: readonly Detail[]): string {
  return before && now && /^[: ]/.test(message.slice(before.field.length)) && message.startsWith(before.field)
    ? now.field + message.slice(before.field.length)
    : message;
}
