import { Injectable } from '@nestjs/common';
import { currentEntity, currentScope, PositionWaiter } from '#millwright/access';
import { Rejection, type Row } from '#millwright/event-sourcing';
import { Answer } from '../answer.js';
import { currentAsOf } from '../as-of.js';
import {
  ListReader,
  ParkedRows,
  parseListQuery,
  requireHistory,
  type ListPage,
  type ListQuery,
  type RawQuery,
} from '../list-query/index.js';
import { isHere, RelatedRecords } from '../references/index.js';
import { Snapshots } from '../snapshots.js';
import { noSuchRecord } from './refusals.js';
import type { Readable } from './resource-definition.js';

/** Shows the rows of a resource as the contract prints them: in full, and as rows of a list. */
export interface Presenter<Shown extends Row, Figures = undefined> {
  /** What is shown from other tables than the row's, where that must be of the same moment. Labels need not, and are read afterwards. */
  figures?(row: Shown): Promise<Figures>;
  full(row: Shown, figures: Figures): Promise<object>;
  sparse(row: Shown, figures: Figures): Promise<object>;
}

/** How long a read waits for what was created this very moment, in milliseconds. */
const longestWaitMs = 1_000;

/** Reads resources of every kind from the read models. */
@Injectable()
export class ResourceReader {
  constructor(
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
    private readonly parked: ParkedRows,
    private readonly snapshots: Snapshots,
    private readonly positions: PositionWaiter,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for a query that is not understood */
  async list<Shown extends Row, Figures>(
    resource: Readable,
    query: RawQuery,
    presenter: Pick<Presenter<Shown, Figures>, 'figures' | 'sparse'>,
  ): Promise<Answer> {
    const asked = parseListQuery(resource.list, query);
    const read = async (): Promise<Readonly<{ meta: ListPage['meta']; shown: readonly (readonly [Shown, Figures])[] }>> => {
      const { rows, meta } = await this.page(resource, asked);
      const withFigures = async (row: Row) => [row as Shown, (await presenter.figures?.(row as Shown)) as Figures] as const;
      return { meta, shown: await Promise.all(rows.map(withFigures)) };
    };
    const { meta, shown } = presenter.figures ? await this.snapshots.of(read) : await read();
    return new Answer(await Promise.all(shown.map(([row, figures]) => presenter.sparse(row, figures))), { meta });
  }

  /** @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
  page({ list }: Readable, query: ListQuery): Promise<ListPage> {
    return this.lists.read(list, query);
  }

  /** @throws Rejection NOT_FOUND */
  async one<Shown extends Row, Figures>(resource: Readable, id: number, presenter: Presenter<Shown, Figures>): Promise<Answer> {
    const read = async (row: Row) => ({ row: row as Shown, figures: (await presenter.figures?.(row as Shown)) as Figures });
    const { row, figures } = presenter.figures ? await this.together(resource, id, read) : await read(await this.row(resource, id));
    const { source } = resource.list;
    const stale = source !== undefined && (await this.parked.containedIn([row], source));
    return new Answer(await presenter.full(row, figures), { revision: Number(row['revision']), stale });
  }

  /**
   * Reads what belongs to one record, its own row included, as of one moment. It has a connection for itself meanwhile, so labels are read afterwards.
   * @throws Rejection NOT_FOUND for a record that does not exist, and what `read` says
   */
  async together<Result>(resource: Readable, id: number, read: (row: Row) => Promise<Result>): Promise<Result> {
    const once = (): Promise<Result> => this.snapshots.of(async () => read(await this.row(resource, id)));
    try {
      return await once();
    } catch (refusal) {
      const isMissing = refusal instanceof Rejection && refusal.code === 'NOT_FOUND';
      // What somebody has just created is waited for a moment: the log knows that it will be there.
      if (!isMissing || currentAsOf() !== undefined || !(await this.related.isInLog(resource.name, id))) throw refusal;
      await this.positions.waitFor(await this.related.services.events.head(), longestWaitMs);
      this.related.forget();
      return once();
    }
  }

  /**
   * The row of a resource, from the log where the read model does not have it yet: what was just created is found.
   * @throws Rejection NOT_FOUND
   */
  async row({ name, list }: Readable, id: number): Promise<Row> {
    requireHistory(list.view);
    const row = await this.related.row(name, id);
    const place = { customerId: currentScope().principal.customerId, entityId: list.scope === 'entity' ? currentEntity().id : null };
    if (!row || !isHere(row, place)) throw noSuchRecord();
    return row;
  }
}
