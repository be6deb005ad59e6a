import { Module, type OnModuleInit } from '@nestjs/common';
import { operationHandlers, resourceModule } from '#millwright/resources';
import { OrderFollowers, WorkOrdersModule } from '#millwright/work-orders';
import { assignmentCount } from './assignment-count.js';
import { OccurrencesController } from './occurrences.controller.js';
import { OccurrencesResolver } from './occurrences.resolver.js';
import { pmCalendarEntry, pmOccurrence } from './occurrences.shown.js';
import { OccurrenceReader } from './occurrences.js';
import { PmComplianceController } from './pm-compliance.controller.js';
import { PmComplianceReport } from './pm-compliance.js';
import { PmComplianceResolver } from './pm-compliance.resolver.js';
import { complianceLine, pmCompliance } from './pm-compliance.shown.js';
import { pmScheduleOperations } from './pm-schedule.operations.js';
import { pmSchedules } from './pm-schedule.resource.js';
import { schedules } from './orders-of-schedules.js';
import { PmScheduleFiguresResolver } from './pm-schedule.resolver.js';
import { PmScheduleWriter } from './pm-schedule-writer.js';
import { procedureTemplates } from './procedure-templates.js';
import { progression } from './progression.js';
import { TemplateInputs } from './template-inputs.js';
import { templateWorkOrder } from './template-work-order.fields.js';

/** Every kind of plain record of this room: its projections and sequences are wanted at start. */
export const planningRecords = [procedureTemplates];

/** What is planned before it is ordered: procedures to follow, and maintenance that comes again. */
@Module({
  imports: [WorkOrdersModule, resourceModule(planningRecords, [{ resource: pmSchedules, operations: pmScheduleOperations }])],
  controllers: [OccurrencesController, PmComplianceController],
  providers: [
    ...operationHandlers(pmScheduleOperations),
    assignmentCount.resolver,
    PmScheduleWriter,
    TemplateInputs,
    PmScheduleFiguresResolver,
    progression.resolver,
    templateWorkOrder.resolver,
    OccurrenceReader,
    OccurrencesResolver,
    pmOccurrence.resolver,
    pmCalendarEntry.resolver,
    PmComplianceReport,
    PmComplianceResolver,
    pmCompliance.resolver,
    complianceLine.resolver,
  ],
})
export class PlanningModule implements OnModuleInit {
  constructor(private readonly followers: OrderFollowers) {}

  onModuleInit(): void {
    this.followers.register(schedules);
  }
}
