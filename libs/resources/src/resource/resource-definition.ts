import type { Event, RecordHistory, Row, Stream } from '#millwright/event-sourcing';
import { fieldsOf, type Class, type FieldDefinition } from '../fields/index.js';
import type { ListDefinition } from '../list-query/index.js';
import { defineReferenceTarget } from '../references/index.js';

/** What reading a resource needs to know of it. */
export type Readable = Readonly<{
  /** Singular, snake_case: the root of bodies, the kind that references name, and the sequence its ids come from. */
  name: string;
  list: ListDefinition;
}>;

/** What the state of every hand-written decider has. There is a history exactly where the resource exists. */
export type ResourceState = Readonly<{
  details: object & Readonly<{ externalReference: string | null }>;
  history: RecordHistory | undefined;
}>;

/** A resource with a hand-written decider (parts, work orders): what makes it read, written and referred to like any other. */
export type ResourceDefinition<State extends ResourceState, E extends Event> = Readable &
  Readonly<{
    stream: Stream<State, E>;
    inputFields: readonly FieldDefinition[];
    /** The row of a state that exists: what reads show before the read model has it. */
    rowOf(state: State, revision: number): Row;
  }>;

type ResourceOptions<State extends ResourceState, E extends Event, Shown extends Row> = Readable &
  Readonly<{
    stream: Stream<State, E>;
    /** The class of input fields; those that the state's `details` have under their camelCase names are stored there. */
    fields: Class;
    rowOf(state: State, revision: number): Shown;
    /** What another record prints of this one. */
    label(row: Row): object;
    /** The GraphQL object type whose source is such a row. */
    graphql(): Class;
  }>;

/** Makes a resource of a hand-written decider. Everything in the process may then refer to it. */
export function defineResource<State extends ResourceState, E extends Event, Shown extends Row>({
  fields,
  label,
  graphql,
  ...resource
}: ResourceOptions<State, E, Shown>): ResourceDefinition<State, E> {
  const { name, list, stream, rowOf } = resource;
  defineReferenceTarget({
    kind: name,
    view: list.view,
    async find(id, { events }) {
      const { state, revision } = await events.load(stream, id);
      return state.history && rowOf(state, revision);
    },
    label,
    graphql,
  });
  return { ...resource, inputFields: fieldsOf(fields) };
}
