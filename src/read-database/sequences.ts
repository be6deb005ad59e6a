import { commentIds } from '#millwright/comments';
import { credentialIds } from '#millwright/credentials';
import type { IdSequence } from '#millwright/event-sourcing';
import { parts, partTransactionIds } from '#millwright/inventory';
import { pmSchedules, templateWorkOrderIds } from '#millwright/planning';
import { workOrderRequests } from '#millwright/requests';
import { downtimeIds } from '#millwright/sites';
import { laborEntryIds, otherCostIds, timerIds, procedureIds, workOrders } from '#millwright/work-orders';
import { records } from '../engine/records.js';

/** Every sequence of ids, `app.<name>_id` in the database. One more here makes a sequence more at the next start. */
export const sequences: readonly IdSequence[] = [
  ...records,
  ...[parts, workOrders, workOrderRequests, pmSchedules].map(({ name, stream }) => ({ name, category: stream.category })),
  partTransactionIds,
  otherCostIds,
  procedureIds,
  laborEntryIds,
  timerIds,
  downtimeIds,
  templateWorkOrderIds,
  commentIds,
  credentialIds,
];
