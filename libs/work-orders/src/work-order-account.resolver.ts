import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { workOrderAccount } from './work-order-account.shown.js';
import { WorkOrderAccounts } from './work-order-account.js';
import { workOrders } from './work-order.resource.js';

/** Which account a work order is booked to. */
@Resolver(() => workOrders.output)
export class WorkOrderAccountResolver {
  constructor(private readonly accounts: WorkOrderAccounts) {}

  @ResolveField('account', () => workOrderAccount.type, { description: 'The account that it is booked to, and what says so.' })
  account(@Parent() row: Row): Promise<Row> {
    return this.accounts.of(row);
  }
}
