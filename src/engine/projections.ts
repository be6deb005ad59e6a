import { permissionsProjection } from '#millwright/access';
import { auditTrailProjection } from '#millwright/audit-trail';
import { commentsProjection } from '#millwright/comments';
import type { Projection } from '#millwright/event-sourcing';
import { costsProjection } from '#millwright/finance';
import { partTransactionsProjection, stockLevelsProjection } from '#millwright/inventory';
import { pmSchedulesProjection } from '#millwright/planning';
import { workOrderRequestsProjection } from '#millwright/requests';
import { downtimesProjection } from '#millwright/sites';
import {
  alarmsProjection,
  commentsOfAlarms,
  laborEntriesProjection,
  timersProjection,
  workOrdersProjection,
} from '#millwright/work-orders';
import { records } from './records.js';

/** Every read model of the application. Names and tables are unique among them; the engine refuses to start otherwise. */
export const projections: readonly Projection[] = [
  ...records.map(({ projection }) => projection),
  stockLevelsProjection,
  partTransactionsProjection,
  workOrdersProjection,
  laborEntriesProjection,
  alarmsProjection,
  timersProjection,
  pmSchedulesProjection,
  downtimesProjection,
  workOrderRequestsProjection,
  commentsProjection(commentsOfAlarms),
  costsProjection,
  auditTrailProjection,
  permissionsProjection,
];
