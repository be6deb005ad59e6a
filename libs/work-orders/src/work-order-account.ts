import { Injectable } from '@nestjs/common';
import type { Row } from '#millwright/event-sourcing';
import type { Related } from '#millwright/fields';
import { Answer, RelatedRecords, ResourceReader } from '#millwright/resources';
import { locationOf } from './hierarchy.js';
import { workOrderAccount } from './work-order-account.shown.js';
import { workOrders } from './work-order.resource.js';

/** No tree is deeper. */
const deepestLevel = 50;

/** Finds the account that a work order is booked to, and what named it. */
@Injectable()
export class WorkOrderAccounts {
  constructor(
    private readonly resources: ResourceReader,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND */
  async answer(workOrderId: number): Promise<Answer> {
    const read = await this.resources.together(workOrders, workOrderId, async (row) => ({ row, account: await this.of(row) }));
    return new Answer(await workOrderAccount.print(read.account, this.related), { revision: Number(read.row['revision']) });
  }

  /** As the rules of S10 say, in their order. */
  async of(row: Row): Promise<Row> {
    const { related } = this;
    const [own] = (row['account_codes_ids'] ?? []) as number[];
    if (own !== undefined) return decided('work_order', 'work_order', { id: row['id'], account_code_id: own });
    const category = (await related.rowsIn('category', row['categories_ids'])).find(hasAccount);
    if (category) return decided('category', 'category', category);
    return (
      (await upwards('asset', row['asset_id'], related)) ??
      (await upwards('location', await locationOf(row, related), related)) ??
      (await ofEntity(row, related))
    );
  }
}

const decided = (rule: string, resource: string, { id, account_code_id }: Row): Row => ({
  account_code_id,
  rule,
  source: { resource, id },
});

const hasAccount = ({ account_code_id }: Row): boolean => account_code_id != null;

/** The nearest one that names an account, from the record itself up to its root. */
async function upwards(kind: 'asset' | 'location', id: unknown, related: Related): Promise<Row | undefined> {
  let next = id;
  for (let level = 0; next != null && level < deepestLevel; level++) {
    const found: Row | undefined = await related.row(kind, next);
    if (found && hasAccount(found)) return decided(level === 0 ? kind : `${kind}_parent`, kind, found);
    next = found?.['parent_id'];
  }
  return undefined;
}

async function ofEntity({ entity_id }: Row, related: Related): Promise<Row> {
  const entity = await related.row('entity', entity_id);
  return entity && hasAccount(entity) ? decided('entity', 'entity', entity) : { account_code_id: null, rule: null, source: null };
}
