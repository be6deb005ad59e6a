import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { procedureReads } from './procedure.operations.js';
import { ProcedureReader } from './procedure-reader.js';
import { procedure } from './procedure.shown.js';

@Resolver(() => procedure.type)
export class ProcedureResolver {
  constructor(private readonly reader: ProcedureReader) {}

  @Query(() => procedure.type, { name: 'procedure', nullable: true, description: 'A procedure of a work order. Refused with NOT_FOUND.' })
  @OverGraphql(procedureReads.one)
  procedure(
    @Args('workOrderId', { type: () => ID, description: 'The number of the work order.' }) workOrderId: string,
    @Args('id', { type: () => ID, description: 'The number of the procedure.' }) id: string,
  ): Promise<Row> {
    return this.reader.row(idOfPath(workOrderId), idOfPath(id));
  }
}
