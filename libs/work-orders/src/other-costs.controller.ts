import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, reads, type Answer } from '#millwright/resources';
import { OtherCostReader } from './other-cost-reader.js';
import { otherCost } from './other-cost.shown.js';
import { otherCostList } from './read-models/other-cost-list.js';
import { workOrders } from './work-order.resource.js';

@ApiHeading('work orders', workOrders.heading)
@Controller('api/v1/work_orders/:id/other_costs')
export class OtherCostsController {
  constructor(private readonly otherCosts: OtherCostReader) {}

  @Get()
  @OverRest(
    reads({
      name: 'listOtherCosts',
      summary: "List a work order's other costs",
      description: 'A page of those that the filters find.',
    }),
  )
  @ApiListQuery(otherCostList)
  @ApiAnswer(otherCost.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.otherCosts.list(id, query);
  }
}
