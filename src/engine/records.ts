import { inventoryRecords } from '#millwright/inventory';
import { peopleRecords } from '#millwright/people';
import { planningRecords } from '#millwright/planning';
import { requestRecords } from '#millwright/requests';
import { siteRecords } from '#millwright/sites';
import { workOrderRecords } from '#millwright/work-orders';

/** Every kind of "a record with fields": each brings a projection and a sequence of ids. */
export const records = [...siteRecords, ...peopleRecords, ...inventoryRecords, ...requestRecords, ...workOrderRecords, ...planningRecords];
