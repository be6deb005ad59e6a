import { operation, reads } from '#millwright/resources';
import { AnswerProcedure } from './procedure.commands.js';
import { ProcedureReader } from './procedure-reader.js';
import { procedure } from './procedure.shown.js';
import { ProcedureWriter } from './procedure-writer.js';

export const answerProcedureOperation = operation({
  name: 'answerProcedure',
  scopes: ['work_orders:write'],
  command: AnswerProcedure,
  route: 'PATCH :id/procedures/:procedure_id',
  fromPath: { work_order_id: 'id', procedure_id: 'procedure_id' },
  summary: 'Answer items of a procedure of a work order',
  description:
    'All answers are taken, or none. `completed_at` is set when every required item is answered (where none is required, every item), and cleared when an answer of these is taken back.',
  refusals:
    'NOT_FOUND (also the procedure), CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (reopen it first), VALIDATION_FAILED, EVENT_TOO_LARGE, PRECONDITION_FAILED',
  by: ProcedureWriter,
  carryOut: (procedures, command) => procedures.answer(command),
  answers: { printed: procedure.type, output: () => procedure.type, by: ProcedureReader },
});

export const procedureReads = {
  list: reads({
    name: 'listProcedures',
    scopes: ['work_orders:read'],
    summary: 'List the procedures of a work order',
    description: 'A page of those that the filters find, each with its items and their answers.',
  }),
  one: reads({
    name: 'getProcedure',
    scopes: ['work_orders:read'],
    summary: 'Show a procedure of a work order',
    description: 'With its items and their answers. Its tag is that of the work order, on which it is answered.',
  }),
};
