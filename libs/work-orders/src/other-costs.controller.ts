import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, type Answer } from '#millwright/resources';
import { OtherCostReader } from './other-cost-reader.js';
import { otherCost } from './other-cost.shown.js';
import { otherCostList } from './read-models/other-cost-list.js';
import { otherCostReads } from './work-order.operations.js';
import { workOrders } from './work-order.resource.js';

@ApiHeading('work orders', workOrders.heading)
@Controller('api/v1/work_orders/:id/other_costs')
export class OtherCostsController {
  constructor(private readonly otherCosts: OtherCostReader) {}

  @Get()
  @OverRest(otherCostReads.list)
  @ApiListQuery(otherCostList)
  @ApiAnswer(otherCost.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.otherCosts.list(id, query);
  }

  @Get(':other_cost_id')
  @OverRest(otherCostReads.one)
  @ApiAnswer(otherCost.type)
  one(@PathId() id: number, @PathId('other_cost_id') otherCostId: number): Promise<Answer> {
    return this.otherCosts.one(id, otherCostId);
  }
}
