import { Injectable } from '@nestjs/common';
import { lacking } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import type { ListArguments, ListPage, RawQuery } from '#millwright/lists';
import {
  Answer,
  noSuchRecord,
  OwnedLists,
  RelatedRecords,
  ResourceReader,
  type ResourceDefinition,
  type Written,
} from '#millwright/resources';
import { commentShown } from './comment.shown.js';
import { commentList, scopeAbout } from './read-models/comments.js';

const comments = { list: commentList, shown: commentShown };

/** Reads what was said about records from the read models. */
@Injectable()
export class CommentReader {
  constructor(
    private readonly resources: ResourceReader,
    private readonly owned: OwnedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  list(resource: ResourceDefinition, id: number, query: RawQuery): Promise<Answer> {
    return this.owned.list(comments, resource, id, query);
  }

  page(resource: ResourceDefinition, id: number, list: ListArguments): Promise<ListPage> {
    return this.owned.page(comments, resource, id, list);
  }

  /** @throws Rejection NOT_FOUND */
  async one(resource: ResourceDefinition, id: number, commentId: number): Promise<Answer> {
    await this.resources.row(resource, id);
    const row = await this.row(commentId);
    if (row[`${resource.name}_id`] !== id) throw noSuchRecord();
    return new Answer(await commentShown.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** @throws Rejection NOT_FOUND */
  async row(commentId: number): Promise<Row> {
    const row = await this.related.rowSeenHere(commentList, commentId);
    if (!row || !(await this.isAboutSeen(row))) throw noSuchRecord();
    return row;
  }

  /** What is said about a record is seen by whoever sees the record, and may read such ones: over GraphQL a comment is asked for without saying what it is about. */
  private async isAboutSeen(row: Row): Promise<boolean> {
    const isLacking = lacking();
    for (const kind of ['work_order', 'work_order_request']) {
      const id = row[`${kind}_id`];
      if (id != null && isLacking?.(scopeAbout(kind, 'read'))) return false;
      if (id != null && (await this.related.shownId(kind, id)) === null) return false;
    }
    return true;
  }

  async answer({ row, revision, position }: Written): Promise<Answer> {
    return new Answer(await commentShown.print(row, this.related), { revision, position });
  }
}
