import type { Detail } from '#millwright/event-sourcing';

/** The message of a refusal whose fields go by other names now: it begins with the first of them. */
export function toldOf(message: string, [before]: readonly Detail[], [now]: readonly Detail[]): string {
  return before && now && /^[: ]/.test(message.slice(before.field.length)) && message.startsWith(before.field)
    ? now.field + message.slice(before.field.length)
    : message;
}
