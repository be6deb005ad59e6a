import { Controller, Get } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ApiAnswer, ApiHeading, OverRest, PathId, type Answer } from '#millwright/resources';
import { totalCosts, workOrders } from '#millwright/work-orders';
import { explanationLine } from './explanation-line.shown.js';
import { explainWorkOrder } from './reports.operations.js';
import { WorkOrderExplanation } from './work-order-explanation.js';

class ExplainedWorkOrder {
  @ApiProperty({ type: () => totalCosts.type }) total_costs!: object;
  @ApiProperty({ type: () => [explanationLine.type] }) lines!: object[];
}

@ApiHeading('work orders', workOrders.heading)
@Controller('api/v1/work_orders/:id/explain')
export class WorkOrderExplanationController {
  constructor(private readonly explanation: WorkOrderExplanation) {}

  @Get()
  @OverRest(explainWorkOrder)
  @ApiAnswer(ExplainedWorkOrder)
  explain(@PathId() id: number): Promise<Answer> {
    return this.explanation.answer(id);
  }
}
