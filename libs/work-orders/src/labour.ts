import { LaborEntriesController } from './labor-entries.controller.js';
import { LaborEntryReader } from './labor-entry-reader.js';
import { laborEntry } from './labor-entry.shown.js';
import { labourOperations } from './labour.operations.js';
import { LabourRates } from './labour-rates.js';
import { LaborEntriesResolver, WorkOrderLabourResolver } from './labour.resolver.js';
import { LabourWriter } from './labour-writer.js';

/** What the room's module has because of labour. */
export const labour = {
  operations: labourOperations,
  controllers: [LaborEntriesController],
  providers: [LabourRates, LabourWriter, LaborEntryReader, WorkOrderLabourResolver, LaborEntriesResolver, laborEntry.resolver],
};
