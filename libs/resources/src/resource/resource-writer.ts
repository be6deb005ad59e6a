import { Injectable } from '@nestjs/common';
import { EventStore, type Event, type Outcome, type Row } from '#millwright/event-sourcing';
import { camelCase } from '../names.js';
import {
  duplicateReference,
  ExternalReferences,
  isReference,
  ReferenceChecks,
  referenceKey,
  type ReferenceKey,
} from '../references/index.js';
import { refuseIf, requireHere } from './refusals.js';
import type { ResourceDefinition, ResourceState } from './resource-definition.js';
import { storedValues } from './stored-values.js';

/** What a command on a resource answers with: the resource right after it. */
export type Written<State> = Outcome<State> & Readonly<{ id: number }>;

/** Brings commands to the streams of resources: ids, references, and that what belongs elsewhere looks like what does not exist. */
@Injectable()
export class ResourceWriter {
  constructor(
    private readonly events: EventStore,
    private readonly references: ReferenceChecks,
    private readonly externalReferences: ExternalReferences,
  ) {}

  /**
   * Creates under a fresh id. Two creations with one reference meet on one stream, where the log lets one through.
   * @throws Rejection VALIDATION_FAILED, DUPLICATE_REFERENCE with the id of the first holder, CONFLICT, and what `decide` says
   */
  async create<State extends ResourceState, E extends Event>(
    resource: ResourceDefinition<State, E>,
    input: object,
    decide: (state: State, id: number, details: State['details']) => readonly E[],
  ): Promise<Written<State>> {
    const { name, stream, inputFields } = resource;
    const values = storedValues(inputFields, input, {});
    const problems = await this.references.problems(name, inputFields, values);
    const details = { ...stream.initialState.details, ...detailsOf(resource, values) };
    const decideUnder = (state: State, id: number): readonly E[] => {
      refuseIf(problems);
      return decide(state, id, details);
    };
    const reference = details.externalReference;
    if (reference === null || reference === '') return this.events.create(stream, name, decideUnder);
    const key = referenceKey(name, reference);
    const id = await this.externalReferences.idToCreate(key, await this.events.nextId(name), (holder) =>
      this.referenceOf(resource, holder),
    );
    const outcome = await this.events.execute(stream, id, (state) => {
      if (state.history) throw duplicateReference(key, id);
      return decideUnder(state, id);
    });
    return { ...outcome, id };
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, DUPLICATE_REFERENCE, CONFLICT, PRECONDITION_FAILED, and what `decide` says */
  async update<State extends ResourceState, E extends Event>(
    resource: ResourceDefinition<State, E>,
    id: number,
    input: object,
    decide: (state: State, changes: Partial<State['details']>) => readonly E[],
  ): Promise<Written<State>> {
    const { name, stream, inputFields } = resource;
    const { state, revision } = await this.events.load(stream, id);
    requireHere(state.history);
    const before = resource.rowOf(state, revision);
    const values = storedValues(inputFields, input, before);
    const problems = await this.references.problems(name, inputFields, values, before);
    const changes = detailsOf(resource, values);
    const change = (): Promise<Written<State>> =>
      this.decide(resource, id, (current) => {
        refuseIf(problems);
        return decide(current, changes);
      });
    const from = state.details.externalReference;
    const to = changes.externalReference;
    if (problems.length > 0 || to === undefined || to === from) return change();
    const keyIn = (reference: string | null): ReferenceKey | undefined => (reference ? referenceKey(name, reference) : undefined);
    const holds = async (holder: number, reference: string): Promise<boolean> =>
      isReference(await this.referenceOf(resource, holder), reference);
    return this.externalReferences.move({ id, from: keyIn(from), to: keyIn(to), holds }, change);
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED, and what the decision says */
  async decide<State extends ResourceState, E extends Event>(
    { stream }: ResourceDefinition<State, E>,
    id: number,
    decision: (state: State) => readonly E[],
  ): Promise<Written<State>> {
    const outcome = await this.events.execute(stream, id, (state) => {
      requireHere(state.history);
      return decision(state);
    });
    return { ...outcome, id };
  }

  /** Undefined where there is no such stream. */
  private async referenceOf<State extends ResourceState, E extends Event>(
    { stream }: ResourceDefinition<State, E>,
    id: number,
  ): Promise<string | null | undefined> {
    const { state } = await this.events.load(stream, id);
    return state.history && state.details.externalReference;
  }
}

/** Those values that are details, by their names in events. A null where there cannot be one means what a new resource starts with. */
function detailsOf<State extends ResourceState, E extends Event>(
  { stream }: ResourceDefinition<State, E>,
  values: Readonly<Row>,
): Partial<State['details']> {
  const initial = new Map<string, unknown>(Object.entries(stream.initialState.details));
  const details = Object.entries(values).flatMap(([name, value]) => {
    const key = camelCase(name);
    return initial.has(key) ? [[key, value ?? initial.get(key)]] : [];
  });
  return Object.fromEntries(details) as Partial<State['details']>;
}
