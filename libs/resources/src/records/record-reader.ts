import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, currentScope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { Answer } from '../answer.js';
import { ListReader, ParkedRows, parseListQuery, type ListPage, type ListQuery, type RawQuery } from '../list-query/index.js';
import { isHere, readRowsById, RelatedRecords, referenceTarget } from '../references/index.js';
import { noSuchRecord } from './record-decider.js';
import type { RecordDefinition } from './record-definition.js';
import type { WrittenRecord } from './record-writer.js';

/** Reads and shows records of every kind. */
@Injectable()
export class RecordReader {
  constructor(
    private readonly database: DataSource,
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
    private readonly parked: ParkedRows,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for a query that is not understood */
  async list(definition: RecordDefinition, query: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.page(definition, parseListQuery(definition.list, query));
    return new Answer(await definition.printer.printAll(rows, 'row', this.related), { meta });
  }

  page(definition: RecordDefinition, query: ListQuery): Promise<ListPage> {
    return this.lists.read(definition.list, query);
  }

  /** @throws Rejection NOT_FOUND */
  async one(definition: RecordDefinition, id: number): Promise<Answer> {
    const row = await this.row(definition, id);
    const stale = definition.list.source !== undefined && (await this.parked.containedIn([row], definition.list.source));
    return new Answer(await definition.printer.print(row, 'full', this.related), { revision: Number(row['revision']), stale });
  }

  /**
   * The record's row, from the log where the read model does not have it yet: what was just created is found.
   * @throws Rejection NOT_FOUND
   */
  async row(definition: RecordDefinition, id: number): Promise<Row> {
    const rows = await readRowsById(this.database, definition.view, [id]);
    const row = rows.get(id) ?? (await referenceTarget(definition.name).find(id, this.related.services));
    const place = { customerId: currentScope().principal.customerId, entityId: definition.scope === 'entity' ? currentEntity().id : null };
    if (!row || !isHere(row, place)) throw noSuchRecord();
    return row;
  }

  /** A write's answer, from the state that was decided. */
  async written(definition: RecordDefinition, { row, revision, position }: WrittenRecord): Promise<Answer> {
    return new Answer(await definition.printer.print(row, 'full', this.related), { revision, position });
  }
}
