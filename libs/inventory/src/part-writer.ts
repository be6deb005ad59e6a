import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity } from '#millwright/access';
import { currentContext, EventStore, type Detail } from '#millwright/event-sourcing';
import {
  camelCase,
  fieldsOf,
  invalid,
  isHere,
  noSuchRecord,
  ReferenceChecks,
  ReferencedCreation,
  storedValues,
  type RecordValues,
} from '#millwright/resources';
import { archivePart, changePartDetails, registerPart, unarchivePart } from './domain/part-registration.js';
import { part } from './domain/part.js';
import type { PartDetails, PartEvent } from './domain/part.events.js';
import { unknownPart, type Part } from './domain/part.state.js';
import type { PartOutcome } from './inventory.commands.js';
import { PartFields, type PartInput } from './part.inputs.js';
import { partRow } from './read-models/part-row.js';

const resource = 'part';
const transactions = 'part_transaction';
const fields = fieldsOf(PartFields);

/** How the reference of a part is found, for its uniqueness. */
const creation = {
  resource,
  stream: part,
  referenceOf: (state: Part) => (state.partId === null ? undefined : state.details.externalReference),
};

/** Brings commands on parts to their stream: ids, references, and that a part of another site looks like one that does not exist. */
@Injectable()
export class PartWriter {
  /** Sites that got a part through this process: the read model may not have heard of it yet. */
  readonly sitesWithParts = new Set<number>();

  constructor(
    private readonly events: EventStore,
    private readonly references: ReferenceChecks,
    private readonly referenced: ReferencedCreation,
    private readonly database: DataSource,
  ) {}

  /** @throws Rejection VALIDATION_FAILED, NON_STOCK_PART, VALUE_OUT_OF_RANGE, DUPLICATE_REFERENCE */
  async create(input: PartInput): Promise<PartOutcome> {
    const values = storedValues(fields, input, {});
    const problems = await this.references.problems(resource, fields, values);
    const openingStock = { quantity: input.on_hand_qty ?? '0', transactionId: await this.events.nextId(transactions) };
    const { id: entityId, currency } = currentEntity();
    this.sitesWithParts.add(entityId);
    const details = { ...unknownPart.details, ...detailsOf(values) };
    const unitCost = input.unit_cost ?? null;
    return this.referenced.create({
      ...creation,
      sequence: resource,
      externalReference: details.externalReference,
      decide(state, partId) {
        refuseIf(problems);
        return registerPart(state, { partId, currency, details, unitCost, openingStock });
      },
    });
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, PART_IN_USE, DUPLICATE_REFERENCE, PRECONDITION_FAILED */
  async update(partId: number, input: Partial<PartFields>): Promise<PartOutcome> {
    const { state, revision } = await this.events.load(part, partId);
    requireHere(state);
    const before = partRow(state, revision) as unknown as RecordValues;
    const values = storedValues(fields, input, before);
    const problems = await this.references.problems(resource, fields, values, before);
    const changes = detailsOf(values);
    const reference = changes.externalReference;
    if (problems.length === 0 && reference != null && reference !== state.details.externalReference)
      await this.referenced.claim(creation, partId, reference);
    return this.decide(partId, (current) => {
      refuseIf(problems);
      return changePartDetails(current, { changes });
    });
  }

  async archive(partId: number): Promise<PartOutcome> {
    const completionRunning = await this.isBeingCompletedWith(partId);
    return this.decide(partId, (state) => archivePart(state, { completionRunning }));
  }

  /** A completion that is refused gives its parts their stock back. */
  private async isBeingCompletedWith(partId: number): Promise<boolean> {
    const orders = await this.database.query<unknown[]>(
      `SELECT 1 FROM read.work_orders WHERE status_kind = 'open' AND fold->>'phase' = 'completing' AND $1 = ANY(parts_ids) LIMIT 1`,
      [partId],
    );
    return orders.length > 0;
  }

  unarchive(partId: number): Promise<PartOutcome> {
    return this.decide(partId, unarchivePart);
  }

  /** A decision that may be a movement: it gets the id of a transaction. @throws Rejection NOT_FOUND, PRECONDITION_FAILED, and what it says */
  async move(partId: number, decide: (state: Part, transactionId: number) => readonly PartEvent[]): Promise<PartOutcome> {
    const transactionId = await this.events.nextId(transactions);
    return this.decide(partId, (state) => decide(state, transactionId));
  }

  private async decide(id: number, decision: (state: Part) => readonly PartEvent[]): Promise<PartOutcome> {
    const outcome = await this.events.execute(part, id, (state) => {
      requireHere(state);
      return decision(state);
    });
    return { ...outcome, id };
  }
}

/** @throws Rejection NOT_FOUND for a part that does not exist or belongs elsewhere: the two must look the same */
function requireHere({ partId, history }: Part): void {
  const here = history && isHere({ customer_id: history.customerId, entity_id: history.entityId }, currentContext());
  if (partId === null || !here) throw noSuchRecord();
}

function refuseIf(problems: readonly Detail[]): void {
  if (problems.length > 0) throw invalid(problems);
}

/** A null where a part cannot have one means the same as leaving the field out of a new part. */
const notNull: Partial<Record<keyof PartDetails, unknown>> = { isNonStock: false, assetsIds: [] };

const detailsOf = (values: RecordValues): Partial<PartDetails> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const key = camelCase(name) as keyof PartDetails;
      return [key, value ?? notNull[key] ?? null];
    }),
  );
