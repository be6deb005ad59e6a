import { Controller, Get, Query } from '@nestjs/common';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, PathId, type Answer } from '#millwright/resources';
import { workOrders } from '../work-order.resource.js';
import { procedureList } from './procedure-list.js';
import { procedureReads } from './procedure.operations.js';
import { ProcedureReader } from './procedure-reader.js';
import { procedure } from './procedure.shown.js';

@ApiHeading('work orders', workOrders.heading)
@Controller('api/v1/work_orders/:id/procedures')
export class ProceduresController {
  constructor(private readonly procedures: ProcedureReader) {}

  @Get()
  @OverRest(procedureReads.list)
  @ApiListQuery(procedureList)
  @ApiAnswer(procedure.type, { list: true })
  list(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.procedures.list(id, query);
  }

  @Get(':procedure_id')
  @OverRest(procedureReads.one)
  @ApiAnswer(procedure.type)
  one(@PathId() id: number, @PathId('procedure_id') procedureId: number): Promise<Answer> {
    return this.procedures.one(id, procedureId);
  }
}
