import type { CommandContext } from '../command-context.js';
import type { Event, Stream } from '../decider.js';

/** The smallest decider there is: how often, and what last. */
export type Count = Readonly<{ count: number; last: string }>;
export type Counted = Event<'Counted', { label: string; countAfter: number }>;

export const counting: Stream<Count, Counted> = {
  category: 'counting',
  initialState: { count: 0, last: '' },
  evolve: (_, { data }) => ({ count: data.countAfter, last: data.label }),
};

export const countOne =
  (label: string) =>
  ({ count }: Count): Counted[] => [{ type: 'Counted', data: { label, countAfter: count + 1 } }];

/** A context whose deadline is far enough for a loaded machine. */
export const commandContext = (changes: Partial<CommandContext> = {}): CommandContext => ({
  actor: { kind: 'system', id: 'contract' },
  customerId: 1,
  entityId: 1,
  requestId: 'contract',
  correlationId: 'contract',
  causationId: 'contract',
  deadline: Date.now() + 30_000,
  ...changes,
});
