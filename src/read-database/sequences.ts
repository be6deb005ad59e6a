import { commentIds } from '#millwright/comments';
import { credentialIds } from '#millwright/credentials';
import type { IdSequence } from '#millwright/event-sourcing';
import { parts, partTransactionIds } from '#millwright/inventory';
import { childIds } from '#millwright/resources';
import { pmSchedules, templateWorkOrderIds } from '#millwright/planning';
import { workOrderRequests } from '#millwright/requests';
import { downtimeIds } from '#millwright/sites';
import { laborEntryIds, otherCostIds, timerIds, procedureIds, procedureItemIds, workOrders } from '#millwright/work-orders';
import { records } from '../engine/records.js';

const decided = [parts, workOrders, workOrderRequests, pmSchedules];

/**
 * Every sequence of ids, `app.<name>_id` in the database. One more here makes a sequence more at the next start, which looks through the log for what it
 * numbers there already.
 */
export const sequences: readonly IdSequence[] = [
  ...records.map(({ name, category }) => ({ name, category })),
  ...decided.map(({ name, stream }) => ({ name, category: stream.category })),
  ...[...records, ...decided].flatMap(({ fields }) => fields.children.map(childIds)),
  partTransactionIds,
  otherCostIds,
  procedureIds,
  procedureItemIds,
  laborEntryIds,
  timerIds,
  downtimeIds,
  templateWorkOrderIds,
  commentIds,
  credentialIds,
];
