import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventStore, whenKnown } from '#millwright/event-sourcing';
import { Questions, ResourceWriter, ResourceWriters, type Decided, type Question, type ResourceCommands } from '#millwright/resources';
import { SiteCurrency } from '#millwright/sites';
import { archivePart, changePartDetails, registerPart, unarchivePart } from './domain/part-registration.js';
import { reverseReceipt } from './domain/part-stock.js';
import type { PartEvent } from './domain/part.events.js';
import type { Part } from './domain/part.state.js';
import type { PartFields, PartInput } from './part.fields.js';
import { parts, partTransactionIds } from './part.resource.js';
import { Receipts } from './receipts.js';

/** Whether something is just being completed that issues the part, and gives it its stock back if that is refused. */
export const isBeingIssued: Question<number> = { told: 'Who uses this part cannot be read right now. Please try again.' };

/** Brings commands on parts to their stream. */
@Injectable()
export class PartWriter implements ResourceCommands, OnModuleInit {
  constructor(
    private readonly resources: ResourceWriter,
    private readonly events: EventStore,
    private readonly receipts: Receipts,
    private readonly questions: Questions,
    private readonly writers: ResourceWriters,
    private readonly database: DataSource,
    private readonly currency: SiteCurrency,
  ) {}

  onModuleInit(): void {
    this.writers.register(parts, this);
  }

  /** @throws Rejection VALIDATION_FAILED, NON_STOCK_PART, VALUE_OUT_OF_RANGE, DUPLICATE_REFERENCE, CONFLICT */
  async create(input: PartInput): Promise<Decided<Part>> {
    const openingStock = { quantity: input.on_hand_qty ?? '0', transactionId: await this.events.nextId(partTransactionIds.name) };
    const unitCost = input.unit_cost ?? null;
    return this.currency.fixed(() =>
      this.resources.create(parts, input, (state, partId, details, children) =>
        registerPart(state, { partId, currency: this.currency.now(), details, unitCost, openingStock, children }),
      ),
    );
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, PART_IN_USE, DUPLICATE_REFERENCE, PRECONDITION_FAILED */
  async update(partId: number, input: Partial<PartFields>): Promise<Decided<Part>> {
    const earlierAssets = input.assets_ids === undefined ? [] : await this.earlierAssets(partId);
    return this.resources.update(parts, partId, input, (state, changes, children) =>
      changePartDetails(state, { changes, children, earlierAssets }),
    );
  }

  /** Assets whose streams named the part in earlier releases: nothing adds to them any more. @throws Rejection UNAVAILABLE */
  private async earlierAssets(partId: number): Promise<number[]> {
    if ((await this.events.load(parts.stream, partId)).state.ownsAssets) return [];
    await this.questions.everythingIsShown('What the part is used for cannot be read right now. Please try again.');
    const rows = await this.database.query<{ id: string }[]>(
      'SELECT id FROM read.assets WHERE parts_ids @> ARRAY[$1::bigint] ORDER BY id',
      [partId],
    );
    return rows.map(({ id }) => Number(id));
  }

  /** @throws Rejection NOT_FOUND, PART_IN_USE, PRECONDITION_FAILED, UNAVAILABLE */
  async archive(partId: number): Promise<Decided<Part>> {
    const completionRunning = await this.questions.ask(isBeingIssued, partId);
    return this.resources.decide(parts, partId, (state) => archivePart(state, { completionRunning }));
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED */
  unarchive(partId: number): Promise<Decided<Part>> {
    return this.resources.decide(parts, partId, unarchivePart);
  }

  /** A decision that may be a movement: it gets the id of a transaction. @throws Rejection NOT_FOUND, PRECONDITION_FAILED, and what it says */
  move(partId: number, decide: (state: Part, transactionId: number) => readonly PartEvent[]): Decided<Part> | Promise<Decided<Part>> {
    return whenKnown(this.events.nextId(partTransactionIds.name), (transactionId) =>
      this.resources.decide(parts, partId, (state) => decide(state, transactionId)),
    );
  }

  /** @throws Rejection NOT_FOUND, CONFLICT, ALREADY_REVERSED, NON_STOCK_PART, INSUFFICIENT_STOCK, PRECONDITION_FAILED, UNAVAILABLE while the read model is behind */
  async reverse(partId: number, transactionOfReceipt: number, reason: string): Promise<Decided<Part>> {
    const receipt = await this.receipts.find(partId, transactionOfReceipt);
    return this.move(partId, (part, transactionId) => reverseReceipt(part, { transactionId, receipt: receipt(), reason }));
  }
}
