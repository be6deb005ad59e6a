import { Injectable } from '@nestjs/common';
import { currentEntity, currentScope, isLeft, restrictionBy } from '#millwright/access';
import { allKnown, ProjectionEngine, Rejection, whenKnown, type Row } from '#millwright/event-sourcing';
import { Answer } from '../answer.js';
import {
  currentAsOf,
  currentMoment,
  ListReader,
  ParkedRows,
  parseListQuery,
  requireHistory,
  Snapshots,
  type ListDefinition,
  type ListPage,
  type ListQuery,
  type RawQuery,
} from '#millwright/lists';
import { isHere, referenceTarget, RelatedRecords } from '../references/index.js';
import { noSuchRecord } from './refusals.js';
import type { ResourceDefinition, ResourceFigures, Written } from './resource-definition.js';

/** How long a read waits for what was created this very moment, in milliseconds. */
const longestWaitMs = 1_000;

/** An id that no record gets. */
const nobodys = Number.MAX_SAFE_INTEGER;

/** Reads resources of every kind from the read models. */
@Injectable()
export class ResourceReader {
  private readonly figures = new Map<ResourceDefinition, ResourceFigures<unknown>>();

  constructor(
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
    private readonly parked: ParkedRows,
    private readonly snapshots: Snapshots,
    private readonly projections: ProjectionEngine,
  ) {}

  /** To be called at start, by the service that reads what a resource shows from other tables than its row's. */
  showBeside(resource: ResourceDefinition, figures: ResourceFigures<unknown>): void {
    this.figures.set(resource, figures);
  }

  /** @throws Rejection VALIDATION_FAILED for a query that is not understood */
  async list(resource: ResourceDefinition, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(resource.list, query);
    const figures = this.figures.get(resource);
    const read = async (): Promise<Readonly<{ page: ListPage; shown: readonly (readonly [Row, unknown])[] }>> => {
      const page = await this.page(resource, asked);
      return { page, shown: await Promise.all(page.rows.map(async (row) => [row, await figures?.projected(row)] as const)) };
    };
    const { page, shown } = figures ? await this.snapshots.of(read) : await read();
    const data = await allKnown(shown.map(([row, beside]) => resource.printer.print(row, 'row', this.related, beside)));
    return new Answer(data, { meta: page.meta });
  }

  /** @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
  page({ list }: ResourceDefinition, query: ListQuery): Promise<ListPage> {
    return this.lists.read(list, query);
  }

  /** @throws Rejection NOT_FOUND */
  async one(resource: ResourceDefinition, id: number): Promise<Answer> {
    const figures = this.figures.get(resource);
    if (!figures) return this.shown(resource, await this.row(resource, id));
    const read = await this.together(resource, id, async (row) => ({ row, beside: await figures.projected(row) }));
    return this.shown(resource, read.row, read.beside);
  }

  private shown({ list: { source }, printer }: ResourceDefinition, row: Row, beside?: unknown): Answer | Promise<Answer> {
    return whenKnown(source !== undefined && this.parked.containedIn([row], source), (stale) =>
      whenKnown(printer.print(row, 'full', this.related, beside), (data) => new Answer(data, { revision: Number(row['revision']), stale })),
    );
  }

  /** The answer of a write, from the decided state. */
  written(resource: ResourceDefinition, { row, revision, position, status }: Written): Answer | Promise<Answer> {
    return whenKnown(this.figures.get(resource)?.decided(row, position), (beside) =>
      whenKnown(resource.printer.print(row, 'full', this.related, beside), (data) => new Answer(data, { status, revision, position })),
    );
  }

  /**
   * Reads what belongs to one record, its own row included, as of one moment. It has a connection for itself meanwhile, so labels are read afterwards.
   * @throws Rejection NOT_FOUND for a record that does not exist, and what `read` says
   */
  async together<Result>(resource: ResourceDefinition, id: number, read: (row: Row) => Promise<Result>): Promise<Result> {
    const once = (): Promise<Result> => this.snapshots.of(async () => read(await this.row(resource, id)));
    try {
      return await once();
    } catch (refusal) {
      const isMissing = refusal instanceof Rejection && refusal.code === 'NOT_FOUND';
      // What somebody has just created is waited for a moment, and so is what nobody has: how long it takes must not tell whether it is there.
      if (!isMissing || currentAsOf() !== undefined) throw refusal;
      await this.projections.reaches(await this.related.services.events.head(), longestWaitMs);
      this.related.forget();
      return once();
    }
  }

  /**
   * The row of a resource, from the log where the read model does not have it yet: what was just created is found.
   * @throws Rejection NOT_FOUND
   */
  async row({ name, list }: ResourceDefinition, id: number): Promise<Row> {
    requireHistory(list.view);
    const place = { customerId: currentScope().principal.customerId, entityId: list.scope === 'entity' ? currentEntity().id : null };
    const row = await this.found(name, list, id, place);
    if (!row || !isHere(row, place) || !isLeft(row, restrictionBy(list.rows))) throw noSuchRecord();
    return row;
  }

  /**
   * What is hidden takes about as long as what is not there: of a kind that whoever asks sees in part it is not read, and the log is asked as if it were not
   * there, for what is not may have been made this very moment.
   */
  private async found(name: string, list: ListDefinition, id: number, place: Parameters<typeof isHere>[1]): Promise<Row | undefined> {
    if (currentMoment() !== undefined || currentAsOf() !== undefined) return this.related.rowSeenHere(list, id);
    const inLog = (sought: number): Promise<Row | undefined> => referenceTarget(name).find(sought, this.related.services);
    if (restrictionBy(list.rows))
      return (await this.related.rowSeenHere(list, id)) ?? inLog((await this.related.isInReadModel(list.view, id)) ? nobodys : id);
    const row = await this.related.row(name, id);
    if (row && !isHere(row, place)) await inLog(nobodys);
    return row;
  }
}
