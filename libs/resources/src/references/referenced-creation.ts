import { Injectable } from '@nestjs/common';
import { currentContext, EventStore, type Event, type Outcome, type Stream } from '#millwright/event-sourcing';
import { duplicateReference, ExternalReferences, type ReferenceKey } from './external-references.js';

/** What has to be known of a kind of stream to create one that may carry an `external_reference`. */
export type Creation<State, E extends Event> = Readonly<{
  /** Singular, snake_case: the resource that the reference is unique for. */
  resource: string;
  stream: Stream<State, E>;
  /** The sequence its ids come from. */
  sequence: string;
  externalReference: string | null | undefined;
  /** The reference that a state carries; undefined where the stream does not exist. */
  referenceOf(state: State): string | null | undefined;
  decide(state: State, id: number): readonly E[];
}>;

/**
 * Creates streams with hand-written deciders. Two creations with one reference meet on one stream, where the log lets one through.
 * @see ExternalReferences
 */
@Injectable()
export class ReferencedCreation {
  constructor(
    private readonly events: EventStore,
    private readonly references: ExternalReferences,
  ) {}

  /** @throws Rejection DUPLICATE_REFERENCE with the id of the first holder, and what `decide` says */
  async create<State, E extends Event>(creation: Creation<State, E>): Promise<Outcome<State> & Readonly<{ id: number }>> {
    const { stream, sequence, externalReference, decide, referenceOf } = creation;
    if (externalReference == null || externalReference === '') return this.events.create(stream, sequence, decide);
    const key = referenceKey(creation.resource, externalReference);
    const holds = async (id: number): Promise<boolean> => referenceOf((await this.events.load(stream, id)).state) === externalReference;
    const id = await this.idUnder(
      key,
      await this.events.nextId(sequence),
      async (holder) => {
        const { revision } = await this.events.load(stream, holder);
        return revision >= 0 && !(await holds(holder));
      },
      holds,
    );
    const outcome = await this.events.execute(stream, id, (state) => {
      if (referenceOf(state) !== undefined) throw duplicateReference(key, id);
      return decide(state, id);
    });
    return { ...outcome, id };
  }

  /** Claims a reference for a stream that exists already. @throws Rejection DUPLICATE_REFERENCE, CONFLICT */
  async claim<State, E extends Event>(
    { resource, stream, referenceOf }: Pick<Creation<State, E>, 'resource' | 'stream' | 'referenceOf'>,
    id: number,
    externalReference: string,
  ): Promise<void> {
    await this.references.claim(referenceKey(resource, externalReference), id, async (holder) => {
      const { state } = await this.events.load(stream, holder);
      return referenceOf(state) === externalReference;
    });
  }

  /** The id that the reference stands for. Where its holder has moved on to another reference, the claim is taken over. */
  private async idUnder(
    key: ReferenceKey,
    proposed: number,
    hasMovedOn: (holder: number) => Promise<boolean>,
    holds: (holder: number) => Promise<boolean>,
  ): Promise<number> {
    const claimed = await this.references.idFor(key, proposed);
    if (claimed === proposed || !(await hasMovedOn(claimed))) return claimed;
    await this.references.claim(key, proposed, holds);
    return proposed;
  }
}

export function referenceKey(resource: string, reference: string): ReferenceKey {
  const { customerId, entityId } = currentContext();
  return { resource, customerId, entityId, reference };
}
