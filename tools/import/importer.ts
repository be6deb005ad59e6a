import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { ApiError, type ApiClient } from '../api-client.js';
import { costDecimals } from '#millwright/quantities';
import type { HistoryFile, HistoryRow, RefusedRow } from './history-file.js';

export type ImportResult = Readonly<{ imported: number; alreadyThere: number; refused: readonly RefusedRow[] }>;

/** The id of each name, or why the server refuses it. */
type NamedIds = ReadonlyMap<string, number | ApiError>;

export type ImportOptions = Readonly<{
  client: ApiClient;
  site: Readonly<{ id: number; timeZone: string; currency: string }>;
  concurrency: number;
  onProgress: (done: number) => void;
}>;

/** The category that takes rows with an empty PMType. */
const uncategorised = 'Uncategorised';
const longestTitle = 255;

/**
 * Sends every row through the public API, several at a time. Each record carries an external reference made of what the row says, so another run,
 * today or weeks later, with this file or a longer one, finds what is there and adds only what is missing. A row is all or nothing.
 * @throws ApiError when the server refuses all of it (no access, no such site) or stays away
 */
export async function importHistory(file: HistoryFile, options: ImportOptions): Promise<ImportResult> {
  const { client, concurrency, onProgress } = options;
  const { site } = options;
  const assets = await idsByName(options, 'assets', 'asset', new Set(file.rows.map(({ asset }) => asset)));
  const categories = await idsByName(options, 'categories', 'category', new Set(file.rows.map(categoryOf)));
  const referenceOf = (await wasImportedBefore(client, file))
    ? ({ line }: HistoryRow) => `${file.hash}:${line}`
    : ({ identity }: HistoryRow) => identity;

  const refused: RefusedRow[] = [...file.refused];
  let imported = 0;
  let alreadyThere = 0;
  const importOne = async (row: HistoryRow): Promise<void> => {
    try {
      requireCost(row.cost, site.currency);
      const [assetId, categoryId] = [idOf(assets, row.asset), idOf(categories, categoryOf(row))];
      const isNew = await importRow(row, { ...options, reference: referenceOf(row), assetId, categoryId });
      if (isNew) imported++;
      else alreadyThere++;
    } catch (error) {
      if (!(error instanceof ApiError) || !refusesOneRow(error)) throw error;
      refused.push({ line: row.line, reason: error.message });
    }
    onProgress(imported + alreadyThere + refused.length);
  };

  onProgress(refused.length);
  await forEachConcurrently(file.rows, concurrency, importOne);
  return { imported, alreadyThere, refused: refused.sort((a, b) => a.line - b.line) };
}

/** An earlier release knew a row by its file and line: what it has brought in from this very file is found under that. */
async function wasImportedBefore(client: ApiClient, { hash }: HistoryFile): Promise<boolean> {
  const { data } = await client.get<unknown[]>('/work_orders', { 'filter[external_reference_start]': `${hash}:`, per_page: 1 });
  return data.length > 0;
}

/** What the server would refuse behind the order. @throws ApiError */
function requireCost(cost: string, currency: string): void {
  const most = costDecimals(currency);
  if ((cost.split('.')[1]?.length ?? 0) > most)
    throw new ApiError(
      422,
      'VALIDATION_FAILED',
      `Cost '${cost}' has more than ${most} decimals, which ${currency} does not have; round it`,
      undefined,
    );
}

type RowContext = ImportOptions & Readonly<{ reference: string; assetId: number; categoryId: number }>;

/** A row is there when its last record, the cost, is there: a run that was killed in between left the work order only. */
async function importRow(row: HistoryRow, { client, site, reference, assetId, categoryId }: RowContext): Promise<boolean> {
  const workOrder = await createOnce(client, site.id, '/work_orders', {
    work_order: {
      title: shortened(row.title),
      ...(row.title.length > longestTitle ? { description: row.title } : {}),
      status_id: 5,
      completed_at: startOfDay(row.date, site.timeZone),
      asset_id: assetId,
      categories_ids: [categoryId],
      external_reference: reference,
    },
  });
  const other_cost = {
    amount: row.cost,
    date: row.date,
    category_id: categoryId,
    note: shortened(row.title),
    external_reference: reference,
  };
  try {
    return (await createOnce(client, site.id, `/work_orders/${workOrder.id}/other_costs`, { other_cost })).isNew;
  } catch (error) {
    // An order without its cost would be half a row.
    if (error instanceof ApiError && refusesOneRow(error) && workOrder.isNew) await client.send('DELETE', `/work_orders/${workOrder.id}`);
    throw error;
  }
}

/** Creates a record, or finds the one that an earlier run created under the same reference. */
async function createOnce(client: ApiClient, siteId: number, path: string, body: unknown): Promise<{ id: number; isNew: boolean }> {
  try {
    const answer = await client.post<{ id: number }>(path, body, idempotencyKeyOf(siteId, path, body));
    return { id: answer.data.id, isNew: !answer.replayed };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'DUPLICATE_REFERENCE' && error.firstId !== undefined)
      return { id: error.firstId, isNew: false };
    throw error;
  }
}

/**
 * Two sites may have the same rows. The body is part of the key: another version of this program may send another body, and then the external
 * reference decides.
 */
const idempotencyKeyOf = (siteId: number, path: string, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([siteId, path, body]))
    .digest('hex');

/** Finds the records of these names, and creates those that are missing; a name that is refused is refused with each of its rows. */
async function idsByName(options: ImportOptions, collection: string, root: string, names: ReadonlySet<string>): Promise<NamedIds> {
  const ids = new Map<string, number | ApiError>();
  for (const name of names)
    ids.set(
      name,
      await idByName(options, collection, root, name).catch((error: unknown) => {
        if (error instanceof ApiError && refusesOneRow(error)) return error;
        throw error;
      }),
    );
  return ids;
}

async function idByName({ client, site }: ImportOptions, collection: string, root: string, name: string): Promise<number> {
  const named = async (more: object): Promise<number | undefined> => {
    const query = { 'filter[name_eq]': name, sort: 'id asc', per_page: 1, ...more };
    return (await client.get<{ id: number }[]>(`/${collection}`, query)).data[0]?.id;
  };
  const found = await named({});
  if (found !== undefined) return found;
  const archived = await named({ 'filter[archived_true]': 'true' });
  if (archived !== undefined)
    throw new ApiError(
      409,
      'CONFLICT',
      `${root} '${name}' is archived; bring it back (PATCH /${collection}/${archived}/unarchive), or write another name`,
      undefined,
    );
  return (await createOnce(client, site.id, `/${collection}`, { [root]: { name, external_reference: name } })).id;
}

async function forEachConcurrently<T>(items: readonly T[], concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

const categoryOf = ({ category }: HistoryRow): string => category || uncategorised;

/** @throws ApiError when the name was refused */
function idOf(ids: NamedIds, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`no id for ${name}`);
  if (id instanceof ApiError) throw id;
  return id;
}

/** Cut between two letters: half of one is nothing that can be stored. */
const shortened = (title: string): string => title.slice(0, longestTitle).replace(/[\ud800-\udbff]$/, '');

/** Midnight of the business day where the site is, so that every report puts the cost on the day the file says. */
function startOfDay(date: string, timeZone: string): string {
  const instant = DateTime.fromISO(date, { zone: timeZone }).startOf('day').toISO({ suppressMilliseconds: true });
  if (instant === null) throw new Error(`${date} has no beginning in ${timeZone}`);
  return instant;
}

/** What is wrong with one row only; everything else (access, site, server gone) concerns the whole file. */
const refusesOneRow = ({ status }: ApiError): boolean => status === 422 || status === 409 || status === 400 || status === 413;
