import { Injectable } from '@nestjs/common';
import { isLeft, restrictionBy } from '#millwright/access';
import { EventStore, type Detail, type Event, type Outcome } from '#millwright/event-sourcing';
import { problemsOfChanges } from '#millwright/fields';
import {
  duplicateReference,
  ExternalReferences,
  isReference,
  ReferenceChecks,
  referenceKey,
  type ReferenceKey,
} from '../references/index.js';
import { wantedChildren, type WantedChildren } from './children.js';
import { changedValues } from './record-values.js';
import { noSuchRecord, refuseIf, requireHere, requireLeft } from './refusals.js';
import type { Decided, DecidedResource, ResourceState } from './resource-definition.js';
import { saidChildren } from './said-children.js';
import { completeDetails, detailsOf, storedValues } from './stored-values.js';

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
    resource: DecidedResource<State, E>,
    input: object,
    decide: (state: State, id: number, details: State['details'], children: WantedChildren) => readonly E[],
  ): Promise<Decided<State>> {
    const { name, stream } = resource;
    const { details, children, problems } = await this.wanted(resource, input);
    const decideUnder = (state: State, id: number): readonly E[] => {
      refuseIf(problems);
      return decide(state, id, details, children);
    };
    const reference = details.externalReference;
    if (reference === null || reference === '') {
      const outcome = await this.events.create(stream, name, decideUnder);
      return this.written(resource, outcome.id, outcome);
    }
    const id = await this.idToCreate(resource, reference);
    const outcome = await this.events.execute(stream, id, (state) => {
      if (state.history) throw duplicateReference(referenceKey(name, reference), id);
      return decideUnder(state, id);
    });
    return this.written(resource, id, outcome);
  }

  /**
   * Has `work` decide, on whichever stream, that something is created under a fresh id. What `before` refers to may be referred to although it was archived.
   * @param work is told what is wrong with the references, to be refused inside its decision (`refuseIf`)
   * @throws Rejection DUPLICATE_REFERENCE with the id of the holder, CONFLICT, and what `work` throws
   */
  async createThrough<State extends ResourceState, E extends Event, Result>(
    resource: DecidedResource<State, E>,
    input: object,
    before: object,
    work: (id: number, details: State['details'], problems: readonly Detail[]) => Promise<Result>,
  ): Promise<Result> {
    const { name, stream } = resource;
    const { details, problems } = await this.wanted(resource, input, before);
    const id = await this.events.nextId(name);
    const { externalReference: reference } = details;
    if (!reference || problems.length > 0) return work(id, details, problems);
    const holds = async (holder: number, carried: string): Promise<boolean> =>
      isReference(await this.referenceOf({ stream }, holder), carried);
    return this.externalReferences.move({ id, to: referenceKey(name, reference), holds }, () => work(id, details, problems));
  }

  /** What a creation asks for, and what is wrong with what it refers to and `before` did not: to be thrown inside the decision. */
  async wanted<State extends ResourceState, E extends Event>(
    { name, fields }: DecidedResource<State, E>,
    input: object,
    before: object = {},
  ): Promise<Readonly<{ details: State['details']; children: WantedChildren; problems: readonly Detail[] }>> {
    const values = { ...storedValues(fields.input, input, {}), ...(await saidChildren(fields, input, this.events)) };
    const problems = await this.references.problems(name, fields.input, values, before);
    const details = completeDetails(fields, detailsOf(fields, values)) as State['details'];
    return { details, children: wantedChildren(fields.children, values, name), problems };
  }

  /** The id to create a record under, where it may have a reference. @throws Rejection DUPLICATE_REFERENCE, CONFLICT */
  async idToCreate<State extends ResourceState, E extends Event>(
    resource: DecidedResource<State, E>,
    reference: string | null,
  ): Promise<number> {
    const proposed = await this.events.nextId(resource.name);
    if (reference === null || reference === '') return proposed;
    const key = referenceKey(resource.name, reference);
    return this.externalReferences.idToCreate(key, proposed, (holder) => this.referenceOf(resource, holder));
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, DUPLICATE_REFERENCE, CONFLICT, PRECONDITION_FAILED, and what `decide` says */
  async update<State extends ResourceState, E extends Event>(
    resource: DecidedResource<State, E>,
    id: number,
    input: object,
    decide: (state: State, changes: Partial<State['details']>, children: WantedChildren) => readonly E[],
  ): Promise<Decided<State>> {
    const { name, stream, fields } = resource;
    const { state, revision } = await this.events.load(stream, id);
    requireHere(state.history);
    const before = resource.rowOf(state, revision);
    requireLeft(resource, () => before);
    const values = { ...storedValues(fields.input, input, before), ...(await saidChildren(fields, input, this.events)) };
    const problems = [
      ...problemsOfChanges(name, fields.input, changedValues(before, values)),
      ...(await this.references.problems(name, fields.input, values, before)),
    ];
    const changes = detailsOf(fields, values) as Partial<State['details']>;
    const children = wantedChildren(fields.children, values, name);
    const change = (): Promise<Decided<State>> =>
      this.decide(resource, id, (current) => {
        refuseIf(problems);
        return decide({ ...current, details: completeDetails(fields, current.details) }, changes, children);
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
  decide<State extends ResourceState, E extends Event>(
    resource: DecidedResource<State, E>,
    id: number,
    decision: (state: State) => readonly E[],
  ): Promise<Decided<State>> {
    // Found out here, for a decision may be made in the course of another request.
    const restriction = restrictionBy(resource.list.rows);
    const inHere = (state: State): readonly E[] => {
      requireHere(state.history);
      if (restriction && !isLeft(resource.rowOf(state, 0), restriction)) throw noSuchRecord();
      return decision(state);
    };
    return this.events.execute(resource.stream, id, inHere).then((outcome) => this.written(resource, id, outcome));
  }

  /** What came of a command, with the row that its answer shows. */
  written<State extends ResourceState, E extends Event>(
    { rowOf }: DecidedResource<State, E>,
    id: number,
    outcome: Outcome<State>,
  ): Decided<State> {
    return { ...outcome, id, row: rowOf(outcome.state, outcome.revision) };
  }

  /** Undefined where there is no such stream. */
  private async referenceOf<State extends ResourceState, E extends Event>(
    { stream }: Pick<DecidedResource<State, E>, 'stream'>,
    id: number,
  ): Promise<string | null | undefined> {
    const { state } = await this.events.load(stream, id);
    return state.history && state.details.externalReference;
  }
}
