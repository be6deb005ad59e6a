import { operation, reads } from '#millwright/resources';
import { LaborEntryReader } from './labor-entry-reader.js';
import { laborEntry } from './labor-entry.shown.js';
import { LogLabor, ReverseLaborEntry } from './labour.commands.js';
import { LabourWriter } from './labour-writer.js';

const answers = { printed: laborEntry.type, status: 201, output: () => laborEntry.type, by: LaborEntryReader } as const;

/** What can be done with the labour of a work order. */
export const labourOperations = [
  operation({
    name: 'logLabor',
    scopes: ['work_orders:write'],
    command: LogLabor,
    route: 'POST :id/labor_entries',
    fromPath: { work_order_id: 'id' },
    root: 'labor_entry',
    summary: 'Record work that was done on a work order',
    description:
      'Also on a completed or cancelled one. The rate is that of the person now, or the one that is given; a later change of it alters no entry.',
    refusals:
      'NOT_FOUND, INSUFFICIENT_PERMISSIONS (a technician, of work that is not his own), CONFLICT (archived), VALIDATION_FAILED (also rate_missing, not_whole_seconds, not_after_start, contradicts), VALUE_OUT_OF_RANGE, PRECONDITION_FAILED',
    by: LabourWriter,
    carryOut: (labour, command) => labour.log(command),
    answers,
  }),
  operation({
    name: 'reverseLaborEntry',
    scopes: ['work_orders:write'],
    command: ReverseLaborEntry,
    route: 'POST :id/labor_entries/:labor_entry_id/reverse',
    fromPath: { work_order_id: 'id', labor_entry_id: 'labor_entry_id' },
    summary: 'Take a wrong entry back',
    description: 'Another entry negates its hours and its charge, on its own day; both show the link.',
    refusals:
      'NOT_FOUND, INSUFFICIENT_PERMISSIONS (a technician, of work that is not his own), CONFLICT (archived, or the entry is a reversal itself), ALREADY_REVERSED, VALIDATION_FAILED, PRECONDITION_FAILED',
    by: LabourWriter,
    carryOut: (labour, command) => labour.reverse(command),
    answers,
  }),
];

export const labourReads = {
  list: reads({
    name: 'listLaborEntries',
    scopes: ['work_orders:read'],
    summary: 'List the labour of a work order',
    description: 'A page of those that the filters find.',
  }),
  one: reads({
    name: 'getLaborEntry',
    scopes: ['work_orders:read'],
    summary: 'Show a labour entry of a work order',
    description: 'Its tag is that of the work order, on which it was decided.',
  }),
};
