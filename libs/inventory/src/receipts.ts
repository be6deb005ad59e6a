import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { EventStore, ProjectionEngine, Rejection } from '#millwright/event-sourcing';
import { noSuchRecord } from '#millwright/resources';
import { part } from './domain/part.js';
import type { Receipt } from './domain/part-stock.js';

const longestWaitMs = 2_000;

type TransactionRow = { type: string; quantity: string; value: string };

/** Finds the receipt that is to be reversed. */
@Injectable()
export class Receipts {
  constructor(
    private readonly events: EventStore,
    private readonly database: DataSource,
    private readonly projections: ProjectionEngine,
  ) {}

  /**
   * The receipt, as a function that is to be called inside the decision: a repeated request must find its own events before anything is refused.
   * @throws Rejection UNAVAILABLE while the read model is behind; the function: NOT_FOUND no such transaction, CONFLICT it is no receipt
   */
  async find(partId: number, transactionId: number): Promise<() => Receipt> {
    const { position } = await this.events.load(part, partId);
    if (!(await this.projections.reaches(position, longestWaitMs)))
      throw new Rejection('UNAVAILABLE', 'the transactions of this part are not up to date yet');
    const [row] = await this.database.query<TransactionRow[]>(
      'SELECT type, quantity, value FROM read.part_transactions WHERE id = $1 AND part_id = $2',
      [transactionId, partId],
    );
    return () => {
      if (!row) throw noSuchRecord();
      if (row.type !== 'initial' && row.type !== 'restock') throw new Rejection('CONFLICT', 'only a receipt can be reversed');
      return { transactionId, quantity: row.quantity, value: row.value };
    };
  }
}
