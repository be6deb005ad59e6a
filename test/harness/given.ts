import { Rejection, type Event, type Stream } from '#millwright/event-sourcing/decider';

/** A decision that has its command: what a spec's past is made of, so that every history in a spec is one that could have happened. */
export type Step<State, E> = (state: State) => readonly E[];

/** Given what happened, when a command comes, then these events, or this refusal. No mocks. */
export class Scenario<State, E extends Event> {
  constructor(
    private readonly stream: Stream<State, E>,
    private readonly state: State,
  ) {}

  /** Makes something happen that the next decision finds. */
  and(...steps: readonly Step<State, E>[]): Scenario<State, E> {
    return new Scenario(
      this.stream,
      steps.reduce((state, step) => step(state).reduce(this.stream.evolve, state), this.state),
    );
  }

  when<Command>(decision: (state: State, command: Command) => readonly E[], command: Command): Decided<State, E> {
    return this.whenever((state) => decision(state, command));
  }

  whenever(step: Step<State, E>): Decided<State, E> {
    try {
      const events = step(this.state);
      return new Decided(events, undefined, events.reduce(this.stream.evolve, this.state));
    } catch (error) {
      return new Decided<State, E>([], error, this.state);
    }
  }

  /** The state so far, for reading figures off it. */
  thenState(look: (state: State) => void): void {
    look(this.state);
  }
}

/** What a decision came to. */
export class Decided<State, E extends Event> {
  constructor(
    readonly events: readonly E[],
    private readonly error: unknown,
    private readonly state: State,
  ) {}

  thenEvents(...expected: readonly E[]): void {
    expect(this.error).toBeUndefined();
    expect(this.events).toEqual(expected);
  }

  thenTypes(...types: readonly E['type'][]): void {
    expect(this.error).toBeUndefined();
    expect(this.events.map(({ type }) => type)).toEqual(types);
  }

  thenNothing(): void {
    this.thenEvents();
  }

  /** The refusal's code, and the codes of its details by field where it has some. */
  thenRefused(code: string, details: Readonly<Record<string, string>> = {}): void {
    expect(this.error).toBeInstanceOf(Rejection);
    if (!(this.error instanceof Rejection)) return;
    expect(this.error.code).toBe(code);
    expect(Object.fromEntries(this.error.details.map(({ field, code: detail }) => [field, detail]))).toEqual(details);
    expect(this.events).toEqual([]);
  }

  thenState(look: (state: State) => void): void {
    expect(this.error).toBeUndefined();
    look(this.state);
  }
}

export const scenario =
  <State, E extends Event>(stream: Stream<State, E>) =>
  (...steps: readonly Step<State, E>[]): Scenario<State, E> =>
    new Scenario(stream, stream.initialState).and(...steps);
