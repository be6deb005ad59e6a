import { DateTime } from 'luxon';
import { ApiError, type ApiClient } from '../api-client.js';
import { absolute, costDecimals, decimalPlaces, largestCost, showValue, toValue } from '#millwright/quantities';
import { EarlierRows } from './earlier-rows.js';
import type { HistoryFile, HistoryRow, RefusedRow } from './history-file.js';
import { NamedRecords } from './named-records.js';
import { createOnce, refusesOneRow, type Site } from './requests.js';

export type ImportResult = Readonly<{
  imported: number;
  alreadyThere: number;
  refused: readonly RefusedRow[];
  /** Of the rows that are there now, in millionths. */
  total: bigint;
}>;

export type ImportOptions = Readonly<{
  client: ApiClient;
  site: Site;
  concurrency: number;
  onProgress: (done: number) => void;
}>;

const longestTitle = 255;

/**
 * Sends every row through the public API, several at a time. Each record carries an external reference made of what the row says, so another run,
 * today or weeks later, with this file or a longer one, finds what is there and adds only what is missing. A row is all or nothing.
 * @throws ApiError when the server refuses all of it (no access, no such site) or stays away, UnreadableFile when the file does
 */
export async function importHistory(file: HistoryFile, { client, site, concurrency, onProgress }: ImportOptions): Promise<ImportResult> {
  const assets = new NamedRecords(client, site, 'assets', 'asset');
  const categories = new NamedRecords(client, site, 'categories', 'category');
  const earlier = await EarlierRows.find(client, site, file.hash);
  const refused: RefusedRow[] = [];
  let [imported, alreadyThere, total] = [0, 0, 0n];

  const isNew = async (row: HistoryRow): Promise<boolean> => {
    requireCost(row.cost, site.currency);
    if (earlier.has(row)) return false;
    const [assetId, categoryId] = [await assets.idOf(row.asset), await categories.idOf(row.category)];
    return importRow(row, { client, site, reference: earlier.referenceOf(row), assetId, categoryId });
  };
  await forEachConcurrently(file.rows(), concurrency, async (row) => {
    try {
      if ('reason' in row) refused.push(row);
      else {
        if (await isNew(row)) imported++;
        else alreadyThere++;
        total += toValue(row.cost);
      }
    } catch (error) {
      if (!(error instanceof ApiError) || !refusesOneRow(error)) throw error;
      refused.push({ line: row.line, reason: error.message });
    }
    onProgress(imported + alreadyThere + refused.length);
  });
  return { imported, alreadyThere, refused: refused.sort((a, b) => a.line - b.line), total };
}

/** What the server would refuse behind the order. @throws ApiError */
function requireCost(cost: string, currency: string): void {
  const most = costDecimals(currency);
  const refused = (what: string): ApiError => new ApiError(422, 'VALIDATION_FAILED', `Cost '${cost}' ${what}`, undefined);
  if (decimalPlaces(cost) > most) throw refused(`has more than ${most} decimals, which ${currency} does not have; round it`);
  if (absolute(toValue(cost)) > largestCost) throw refused(`is more than ${showValue(largestCost)}; write it as several rows`);
}

type RowContext = Readonly<{ client: ApiClient; site: Site; reference: string; assetId: number; categoryId: number }>;

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

/** The rows are read as they are taken: as many as are at work are in memory. */
async function forEachConcurrently<T>(items: AsyncGenerator<T>, concurrency: number, work: (item: T) => Promise<void>): Promise<void> {
  let failed = false;
  const worker = async (): Promise<void> => {
    try {
      for (let next = await items.next(); !next.done && !failed; next = await items.next()) await work(next.value);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    await items.return(undefined);
  }
}

/** Cut between two letters: half of one is nothing that can be stored. */
const shortened = (title: string): string => title.slice(0, longestTitle).replace(/[\ud800-\udbff]$/, '');

/** Midnight of the business day where the site is, so that every report puts the cost on the day the file says. */
function startOfDay(date: string, timeZone: string): string {
  const instant = DateTime.fromISO(date, { zone: timeZone }).startOf('day').toISO({ suppressMilliseconds: true });
  if (instant === null) throw new Error(`${date} has no beginning in ${timeZone}`);
  return instant;
}
