import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { ApiError, type ApiClient } from '../api-client.js';
import type { HistoryFile, HistoryRow, RefusedRow } from './history-file.js';

export type ImportResult = Readonly<{ imported: number; alreadyThere: number; refused: readonly RefusedRow[] }>;

/** The id of each name, or why the server refuses it. */
type NamedIds = ReadonlyMap<string, number | ApiError>;

export type ImportOptions = Readonly<{ client: ApiClient; timeZone: string; concurrency: number; onProgress: (done: number) => void }>;

/** The category that takes rows with an empty PMType. */
const uncategorised = 'Uncategorised';
const longestTitle = 255;

/**
 * Sends every row through the public API, several at a time. Each record carries an external reference made of the file's hash and the row's line,
 * so a second run, today or weeks later, finds what is there and adds only what is missing.
 * @throws ApiError when the server refuses all of it (no access, no such site) or stays away
 */
export async function importHistory(file: HistoryFile, options: ImportOptions): Promise<ImportResult> {
  const { client, concurrency, onProgress } = options;
  const assets = await idsByName(client, 'assets', 'asset', new Set(file.rows.map(({ asset }) => asset)));
  const categories = await idsByName(client, 'categories', 'category', new Set(file.rows.map(categoryOf)));

  const refused: RefusedRow[] = [...file.refused];
  let imported = 0;
  let alreadyThere = 0;
  const importOne = async (row: HistoryRow): Promise<void> => {
    try {
      const [assetId, categoryId] = [idOf(assets, row.asset), idOf(categories, categoryOf(row))];
      const isNew = await importRow(row, { ...options, reference: `${file.hash}:${row.line}`, assetId, categoryId });
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

type RowContext = ImportOptions & Readonly<{ reference: string; assetId: number; categoryId: number }>;

/** A row is there when its last record, the cost, is there: a run that was killed in between left the work order only. */
async function importRow(row: HistoryRow, { client, timeZone, reference, assetId, categoryId }: RowContext): Promise<boolean> {
  const workOrder = await createOnce(client, '/work_orders', reference, {
    work_order: {
      title: shortened(row.title),
      ...(row.title.length > longestTitle ? { description: row.title } : {}),
      status_id: 5,
      completed_at: startOfDay(row.date, timeZone),
      asset_id: assetId,
      categories_ids: [categoryId],
      external_reference: reference,
    },
  });
  const cost = await createOnce(client, `/work_orders/${workOrder.id}/other_costs`, reference, {
    other_cost: {
      amount: row.cost,
      date: row.date,
      category_id: categoryId,
      note: shortened(row.title),
      external_reference: reference,
    },
  });
  return cost.isNew;
}

/** Creates a record, or finds the one that an earlier run created under the same reference. */
async function createOnce(client: ApiClient, path: string, reference: string, body: unknown): Promise<{ id: number; isNew: boolean }> {
  try {
    const answer = await client.post<{ id: number }>(path, body, idempotencyKeyOf(path, body));
    return { id: answer.data.id, isNew: !answer.replayed };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'DUPLICATE_REFERENCE' && error.firstId !== undefined)
      return { id: error.firstId, isNew: false };
    throw error;
  }
}

/** The body is part of the key: another version of this program may send another body, and then the external reference decides. */
const idempotencyKeyOf = (path: string, body: unknown): string =>
  createHash('sha256').update(path).update(JSON.stringify(body)).digest('hex');

/** Finds the records of these names, and creates those that are missing; a name that is refused is refused with each of its rows. */
async function idsByName(client: ApiClient, collection: string, root: string, names: ReadonlySet<string>): Promise<NamedIds> {
  const ids = new Map<string, number | ApiError>();
  for (const name of names)
    ids.set(
      name,
      await idByName(client, collection, root, name).catch((error: unknown) => {
        if (error instanceof ApiError && refusesOneRow(error)) return error;
        throw error;
      }),
    );
  return ids;
}

async function idByName(client: ApiClient, collection: string, root: string, name: string): Promise<number> {
  const found = await client.get<{ id: number; name: string }[]>(`/${collection}`, {
    'filter[name_eq]': name,
    sort: 'id asc',
    per_page: 1,
  });
  const first = found.data[0];
  return first?.id ?? (await createOnce(client, `/${collection}`, name, { [root]: { name, external_reference: name } })).id;
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
