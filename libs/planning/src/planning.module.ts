import { Module } from '@nestjs/common';
import { resourceModule } from '#millwright/resources';
import { assignmentCount } from './assignment-count.js';
import { procedureTemplates } from './procedure-templates.js';

/** Every kind of record of this room: its projections and sequences are wanted at start. */
export const planningRecords = [procedureTemplates];

/** What is planned before it is ordered: procedures to follow. */
@Module({ imports: [resourceModule(planningRecords)], providers: [assignmentCount.resolver] })
export class PlanningModule {}
