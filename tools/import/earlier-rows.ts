import { DateTime } from 'luxon';
import { ApiError, type ApiClient } from '../api-client.js';
import { nameOf } from './file-shapes.js';
import { contentOf, type HistoryRow } from './history-file.js';
import type { Site } from './requests.js';

type EarlierOrder = Readonly<{
  externalReference: string;
  title: string;
  description: string | null;
  completedAt: string | null;
  asset: Readonly<{ name: string }> | null;
  categories: readonly Readonly<{ name: string }>[];
  totalCosts: Readonly<{ other: string | number }>;
}>;

type Page = Readonly<{ nodes: readonly EarlierOrder[]; pageInfo: Readonly<{ endCursor: string | null; hasNextPage: boolean }> }>;

const pageSize = 200;
/** What was archived since is there as well: it was brought in once, and taken away on purpose. */
const query = `query ($after: String) {
  workOrders(filter: {externalReference: {cont: ":"}, archived: {in: [true, false]}}, first: ${pageSize}, after: $after) {
    nodes { externalReference title description completedAt asset { name } categories { name } totalCosts { other } }
    pageInfo { endCursor hasNextPage }
  }
}`;

/** Earlier releases knew a row by the hash of its file and its line; references of this one have no colon. */
const earlierReference = /^([0-9a-f]{32}):(\d+)$/;

/** What an earlier release has brought in: it is there, whatever file the same rows stand in today. */
export class EarlierRows {
  /** How many rows of each content came from other files than this one. */
  private readonly fromOtherFiles = new Map<string, number>();
  /** The content of the lines that came from this very file, perhaps of some of them only. */
  private readonly fromThisFile = new Map<number, string>();

  private constructor(private readonly hash: string) {}

  /** @throws ApiError */
  static async find(client: ApiClient, site: Site, hash: string): Promise<EarlierRows> {
    const rows = new EarlierRows(hash);
    let after: string | null = null;
    do {
      const { nodes, pageInfo }: Page = await pageAfter(client, after);
      for (const order of nodes) {
        const [, file, line] = earlierReference.exec(order.externalReference) ?? [];
        if (file !== undefined) rows.add(file, Number(line), contentIn(order, site));
      }
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    return rows;
  }

  /** Whether nothing of the row is missing. An order without its cost looks like one that cost nothing. */
  has({ line, content, number, cost }: HistoryRow): boolean {
    const known = this.fromThisFile.get(line);
    return known === undefined ? number <= (this.fromOtherFiles.get(content) ?? 0) : known === content && cost !== '0';
  }

  /** The reference of the records of a row that is not all there: those that an earlier release has begun keep theirs. */
  referenceOf({ line, content, number }: HistoryRow): string {
    return this.fromThisFile.has(line) ? `${this.hash}:${line}` : `${content}-${number}`;
  }

  private add(file: string, line: number, content: string): void {
    if (file === this.hash) this.fromThisFile.set(line, content);
    else this.fromOtherFiles.set(content, (this.fromOtherFiles.get(content) ?? 0) + 1);
  }
}

async function pageAfter(client: ApiClient, after: string | null): Promise<Page> {
  const { data } = await client.send<{ workOrders: Page } | null>('POST', '/graphql', {
    body: { query, variables: { after } },
    isQuestion: true,
  });
  if (!data) throw new ApiError(500, 'NOT_MILLWRIGHT', 'the server does not list what was imported before', undefined);
  return data.workOrders;
}

const contentIn = ({ title, description, completedAt, asset, categories, totalCosts }: EarlierOrder, { timeZone }: Site): string =>
  contentOf({
    date: completedAt === null ? '' : (DateTime.fromISO(completedAt, { zone: timeZone }).toISODate() ?? ''),
    asset: nameOf(asset?.name ?? ''),
    title: (description ?? title).normalize('NFC'),
    category: nameOf(categories[0]?.name ?? ''),
    cost: String(totalCosts.other),
  });
