import { Controller, Get } from '@nestjs/common';
import { ApiAnswer, ApiHeading, OverRest, PathId, reads, type Answer } from '#millwright/resources';
import { workOrderAccount } from './work-order-account.shown.js';
import { WorkOrderAccounts } from './work-order-account.js';
import { workOrders } from './work-order.resource.js';

@ApiHeading('work orders', workOrders.heading)
@Controller('api/v1/work_orders/:id/account')
export class WorkOrderAccountController {
  constructor(private readonly accounts: WorkOrderAccounts) {}

  @Get()
  @OverRest(
    reads({
      name: 'getWorkOrderAccount',
      scopes: ['work_orders:read'],
      summary: 'Say which account a work order is booked to',
      description:
        'The first of: its own account codes, its categories, its asset and what that is a piece of, its location and what that is inside of, the site.',
    }),
  )
  @ApiAnswer(workOrderAccount.type)
  one(@PathId() id: number): Promise<Answer> {
    return this.accounts.answer(id);
  }
}
