import { Injectable } from '@nestjs/common';
import { allKnown } from '#millwright/event-sourcing';
import {
  listQueryOf,
  ListReader,
  NestedLists,
  parseListQuery,
  type ListArguments,
  type ListDefinition,
  type ListPage,
  type RawQuery,
} from '#millwright/lists';
import { Answer } from '../answer.js';
import { RelatedRecords } from '../references/index.js';
import type { ResourceDefinition } from './resource-definition.js';
import { ResourceReader } from './resource-reader.js';
import type { ShownType } from './shown-type.js';

/** What a record has of its own (comments, labour, costs, downtimes): its rows name it in a column called after it. */
export type OwnedList = Readonly<{ list: ListDefinition; shown: ShownType }>;

const columnOf = ({ name }: ResourceDefinition): string => `${name}_id`;

/** Reads the lists of what belongs to records. */
@Injectable()
export class OwnedLists {
  constructor(
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** What one record has, as of the moment at which it was there. @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  async list({ list, shown }: OwnedList, owner: ResourceDefinition, id: number, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(list, query);
    const { rows, meta } = await this.resources.together(owner, id, () =>
      this.lists.read(list, asked, { where: { [columnOf(owner)]: id } }),
    );
    return new Answer(await allKnown(rows.map((row) => shown.print(row, this.related))), { meta });
  }

  /** The same within another answer, which has found the record. @throws Rejection VALIDATION_FAILED */
  page({ list }: OwnedList, owner: ResourceDefinition, id: number, asked: ListArguments): Promise<ListPage> {
    return this.nested.page(list, columnOf(owner), id, listQueryOf(list, asked));
  }
}
