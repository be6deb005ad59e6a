import type { Committed } from './committed-states.js';
import type { Stream } from './decider.js';
import { bytesOf } from './event-size.js';
import type { Event, Position, RecordedEvent } from './event.js';
import type { PendingCommand } from './pending-command.js';

/** What became of one command: its events and the state after them, or why it was refused. */
type Step<State, E extends Event> = Readonly<{
  command: PendingCommand<State, E>;
  events: readonly RecordedEvent<E>[];
  after?: Committed<State>;
  error?: unknown;
}>;

/** Commands that share one append, on top of one committed state. */
export type Round<State, E extends Event> = Readonly<{
  steps: readonly Step<State, E>[];
  events: readonly RecordedEvent<E>[];
  after: Committed<State>;
}>;

/** An append that has so many bytes takes no further command, which keeps it below the 1 MiB that EventStoreDB takes by default. */
const mostBytes = 700_000;

/** Decides one command after the other, from the first on, until their events fill an append; the others have no step. */
export function decideRound<State, E extends Event>(
  commands: readonly PendingCommand<State, E>[],
  committed: Committed<State>,
  { name, now, definition }: Readonly<{ name: string; now: Date; definition: Stream<State, E> }>,
): Round<State, E> {
  const steps: Step<State, E>[] = [];
  const events: RecordedEvent<E>[] = [];
  let after = committed;
  let bytes = 0;
  for (const command of commands) {
    if (bytes >= mostBytes) break;
    try {
      const decided = command.decideOn(after, name, now, definition);
      events.push(...decided.events);
      bytes += decided.events.reduce((sum, event) => sum + bytesOf(event), 0);
      after = decided.after;
      steps.push({ command, ...decided });
    } catch (error) {
      steps.push({ command, events: [], error });
    }
  }
  return { steps, events, after };
}

/** Answers every command of a round that is now certain. */
export function answerRound<State, E extends Event>(
  { steps }: Round<State, E>,
  basePosition: Position,
  positions: readonly Position[] | undefined,
): void {
  let position = basePosition;
  let index = 0;
  for (const { command, events, after, error } of steps) {
    if (!after) {
      command.refuse(error);
      continue;
    }
    for (const event of events) {
      position = positions?.[index] ?? position;
      index += 1;
      // The events were made for this round and nobody else has them yet.
      (event as { position: Position }).position = position;
    }
    command.answer({ state: after.state, revision: after.revision, position, events });
  }
}
