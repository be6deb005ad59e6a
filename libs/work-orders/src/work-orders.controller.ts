import { Controller, Delete, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import { ApiOperation } from '@nestjs/swagger';
import {
  Answer,
  ApiAnswer,
  ApiListQuery,
  PathId,
  PlainBody,
  ResourceBody,
  ResourceReader,
  type RawQuery,
  ApiHeading,
} from '#millwright/resources';
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
import { OtherCost, PartAssignment, WorkOrder, WorkOrderListRow } from './work-order.schemas.js';

@ApiHeading('work orders', 'What is to be done and what was: parts reserved and used, other costs, and what a completed order cost.')
@Controller('api/v1/work_orders')
export class WorkOrdersController {
  constructor(
    private readonly commands: CommandBus,
    private readonly resources: ResourceReader,
    private readonly otherCosts: OtherCostReader,
    private readonly presenter: WorkOrderPresenter,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'createWorkOrder',
    summary: 'Create a work order',
    description: 'Also one that is completed already. `Location` says where it is.',
  })
  @ApiAnswer(WorkOrder, { status: 201 })
  create(@ResourceBody(WorkOrderInput, 'work_order') input: WorkOrderInput): Promise<Answer> {
    return this.carryOut(new CreateWorkOrder(input));
  }

  @Get()
  @ApiOperation({
    operationId: 'listWorkOrders',
    summary: 'List work orders',
    description: 'A page of the work orders that the filters find; archived ones only where `archived` is among the filters.',
  })
  @ApiListQuery(workOrderList)
  @ApiAnswer(WorkOrderListRow, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.resources.list(workOrders, query, this.presenter);
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getWorkOrder',
    summary: 'Show a work order',
    description: 'With its parts and costs, all of one moment. An archived one is shown, too.',
  })
  @ApiAnswer(WorkOrder)
  one(@PathId() id: number): Promise<Answer> {
    return this.resources.one(workOrders, id, this.presenter);
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'updateWorkOrder',
    summary: 'Update a work order',
    description: 'Only the fields that are sent change. A status or `completed_at` completes, cancels or reopens it.',
  })
  @ApiAnswer(WorkOrder)
  update(@PathId() id: number, @ResourceBody(WorkOrderChanges, 'work_order') changes: Partial<WorkOrderInput>): Promise<Answer> {
    return this.carryOut(new UpdateWorkOrder(id, changes));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'archiveWorkOrder',
    summary: 'Archive a work order',
    description: 'Its history and costs stay. One that is archived already stays so.',
  })
  archive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new ArchiveWorkOrder(id));
  }

  @Patch(':id/unarchive')
  @ApiOperation({
    operationId: 'unarchiveWorkOrder',
    summary: 'Bring an archived work order back',
    description: 'It comes back as it was. One that is not archived stays as it is.',
  })
  @ApiAnswer(WorkOrder)
  unarchive(@PathId() id: number): Promise<Answer> {
    return this.carryOut(new UnarchiveWorkOrder(id));
  }

  @Post(':id/parts')
  @ApiOperation({
    operationId: 'assignPart',
    summary: 'Add to what a work order has of a part',
    description: 'The quantity is reserved; on a completed order there is no such thing, reopen it first.',
  })
  @ApiAnswer(PartAssignment, { status: 201 })
  assign(@PlainBody(AssignPart, { work_order_id: 'id' }) command: AssignPart): Promise<Answer> {
    return this.carryOutOnPart(command);
  }

  @Patch(':id/parts')
  @ApiOperation({
    operationId: 'setAssignedQuantity',
    summary: 'Set how many of an assigned part a work order wants',
    description: '0 removes it; lowering it on a completed order returns the rest.',
  })
  @ApiAnswer(PartAssignment)
  setQuantity(@PlainBody(SetAssignedQuantity, { work_order_id: 'id' }) command: SetAssignedQuantity): Promise<Answer> {
    return this.carryOutOnPart(command);
  }

  @Delete(':id/parts/:part_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeAssignedPart',
    summary: 'Remove a part from a work order',
    description: 'What was reserved is free again; what a completed order used is returned.',
  })
  remove(@PathId() id: number, @PathId('part_id') partId: number): Promise<Answer> {
    return this.carryOut(Object.assign(new RemoveAssignedPart(), { work_order_id: id, part_id: partId }));
  }

  @Post(':id/other_costs')
  @ApiOperation({
    operationId: 'recordOtherCost',
    summary: 'Record a cost that is neither labour nor a part',
    description: 'A negative amount is a credit.',
  })
  @ApiAnswer(OtherCost, { status: 201 })
  async recordCost(@ResourceBody(RecordOtherCost, 'other_cost', { work_order_id: 'id' }) command: RecordOtherCost): Promise<Answer> {
    const { cost, revision, position } = await this.commands.execute(command);
    return new Answer(await this.otherCosts.shown(cost), { revision, position });
  }

  @Get(':id/other_costs')
  @ApiOperation({
    operationId: 'listOtherCosts',
    summary: "List a work order's other costs",
    description: 'A page of those that the filters find.',
  })
  @ApiListQuery(otherCostList)
  @ApiAnswer(OtherCost, { list: true })
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
