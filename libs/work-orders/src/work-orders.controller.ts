import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answer, ApiAnswer, ApiListQuery, PathId, PlainBody, ResourceBody, ResourceReader, type RawQuery } from '#millwright/resources';
import { OtherCostReader } from './other-cost-reader.js';
import { otherCostList, workOrderList } from './read-models/lists.js';
import {
  ArchiveWorkOrder,
  AssignPart,
  CreateWorkOrder,
  RecordOtherCost,
  RemoveAssignedPart,
  SetAssignedQuantity,
  UnarchiveWorkOrder,
  UpdateWorkOrder,
  type WorkOrderOutcome,
} from './work-order.commands.js';
import { workOrders } from './work-order.definition.js';
import { WorkOrderChanges, WorkOrderInput } from './work-order.inputs.js';
import { WorkOrderPresenter } from './work-order-presenter.js';
import { PrintedOtherCost, PrintedPartAssignment, PrintedWorkOrder, PrintedWorkOrderListRow } from './work-order.schemas.js';

@ApiTags('work orders')
@Controller('api/v1/work_orders')
export class WorkOrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly resources: ResourceReader,
    private readonly otherCosts: OtherCostReader,
    private readonly presenter: WorkOrderPresenter,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Create a work order, also one that is completed already' })
  @ApiAnswer(PrintedWorkOrder, { status: 201 })
  create(@ResourceBody(WorkOrderInput, 'work_order') input: WorkOrderInput): Promise<Answer> {
    return this.carryOut(new CreateWorkOrder(input));
  }

  @Get()
  @ApiOperation({ summary: 'List work orders' })
  @ApiListQuery(workOrderList)
  @ApiAnswer(PrintedWorkOrderListRow, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.resources.list(workOrders, query, this.presenter);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a work order with its parts and costs' })
  @ApiAnswer(PrintedWorkOrder)
  one(@PathId() id: number): Promise<Answer> {
    return this.resources.one(workOrders, id, this.presenter);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Update a work order; a status or completed_at completes, cancels or reopens it' })
  @ApiAnswer(PrintedWorkOrder)
  update(@PathId() id: number, @ResourceBody(WorkOrderChanges, 'work_order') changes: Partial<WorkOrderInput>): Promise<Answer> {
    return this.carryOut(new UpdateWorkOrder(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Archive a work order; its history and costs stay' })
  archive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new ArchiveWorkOrder(id));
  }

  @Patch(':id/unarchive')
  @ApiOperation({ summary: 'Bring an archived work order back' })
  @ApiAnswer(PrintedWorkOrder)
  unarchive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new UnarchiveWorkOrder(id));
  }

  @Post(':id/parts')
  @ApiOperation({ summary: 'Add to what the order has of a part: reserves it' })
  @ApiAnswer(PrintedPartAssignment, { status: 201 })
  assign(@PlainBody(AssignPart, { work_order_id: 'id' }) command: AssignPart): Promise<Answer> {
    return this.carryOutOnPart(command);
  }

  @Patch(':id/parts')
  @ApiOperation({
    summary: 'Set how many of an assigned part the order wants; 0 removes it, lowering on a completed order returns the rest',
  })
  @ApiAnswer(PrintedPartAssignment)
  setQuantity(@PlainBody(SetAssignedQuantity, { work_order_id: 'id' }) command: SetAssignedQuantity): Promise<Answer> {
    return this.carryOutOnPart(command);
  }

  @Delete(':id/parts/:part_id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a part from the order' })
  remove(@PathId() id: number, @PathId('part_id') partId: number): Promise<Answer> {
    return this.carryOut(Object.assign(new RemoveAssignedPart(), { work_order_id: id, part_id: partId }));
  }

  @Post(':id/other_costs')
  @ApiOperation({ summary: 'Record a cost that is neither labour nor a part; negative for a credit' })
  @ApiAnswer(PrintedOtherCost, { status: 201 })
  async recordCost(@ResourceBody(RecordOtherCost, 'other_cost', { work_order_id: 'id' }) command: RecordOtherCost): Promise<Answer> {
    const { cost, revision, position } = await this.commands.execute(command);
    return new Answer(await this.otherCosts.shown(cost), { revision, position });
  }

  @Get(':id/other_costs')
  @ApiOperation({ summary: "List a work order's other costs" })
  @ApiListQuery(otherCostList)
  @ApiAnswer(PrintedOtherCost, { list: true })
  costs(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.otherCosts.list(id, query);
  }

  private async carryOut(command: Command<WorkOrderOutcome>): Promise<Answer> {
    return this.presenter.written(await this.commands.execute(command));
  }

  private async carryOutOnPart(command: AssignPart | SetAssignedQuantity): Promise<Answer> {
    const outcome = await this.commands.execute(command);
    return this.presenter.writtenPart(outcome, command.part_id);
  }
}
