import { Injectable } from '@nestjs/common';
import { currentEntity, currentScope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { Answer } from '../answer.js';
import { ListReader, ParkedRows, parseListQuery, type ListPage, type ListQuery, type RawQuery } from '../list-query/index.js';
import { isHere, RelatedRecords } from '../references/index.js';
import { noSuchRecord } from './refusals.js';
import type { Readable } from './resource-definition.js';

/** Shows the rows of a resource as the contract prints them: in full, and as rows of a list. */
export interface Presenter<Shown extends Row> {
  full(row: Shown): Promise<object>;
  sparse(row: Shown): Promise<object>;
}

/** Reads resources of every kind from the read models. */
@Injectable()
export class ResourceReader {
  constructor(
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
    private readonly parked: ParkedRows,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for a query that is not understood */
  async list<Shown extends Row>(resource: Readable, query: RawQuery, presenter: Presenter<Shown>): Promise<Answer> {
    const { rows, meta } = await this.page(resource, parseListQuery(resource.list, query));
    return new Answer(await Promise.all(rows.map((row) => presenter.sparse(row as Shown))), { meta });
  }

  /** @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
  page({ list }: Readable, query: ListQuery): Promise<ListPage> {
    return this.lists.read(list, query);
  }

  /** @throws Rejection NOT_FOUND */
  async one<Shown extends Row>(resource: Readable, id: number, presenter: Presenter<Shown>): Promise<Answer> {
    const { source } = resource.list;
    const row = await this.row(resource, id);
    const stale = source !== undefined && (await this.parked.containedIn([row], source));
    return new Answer(await presenter.full(row as Shown), { revision: Number(row['revision']), stale });
  }

  /**
   * The row of a resource, from the log where the read model does not have it yet: what was just created is found.
   * @throws Rejection NOT_FOUND
   */
  async row({ name, list }: Readable, id: number): Promise<Row> {
    const row = await this.related.row(name, id);
    const place = { customerId: currentScope().principal.customerId, entityId: list.scope === 'entity' ? currentEntity().id : null };
    if (!row || !isHere(row, place)) throw noSuchRecord();
    return row;
  }
}
