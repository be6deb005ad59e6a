import { AwaitedProcesses } from './awaited-processes.js';
import { ClosedOrders } from './closed-orders.js';
import { LaborEntriesController } from './labor-entries.controller.js';
import { LaborEntryReader } from './labor-entry-reader.js';
import { laborEntry } from './labor-entry.shown.js';
import { labourOperations } from './labour.operations.js';
import { LaborEntriesResolver, WorkOrderLabourResolver } from './labour.resolver.js';
import { LabourTurns } from './labour-turns.js';
import { LabourWriter } from './labour-writer.js';
import { StoppedTimerAnswers } from './stopped-timer-answers.js';
import { timerOperations } from './timer.operations.js';
import { ActiveTimerResolver, TimersResolver } from './timer.resolver.js';
import { activeTimer, runningTimer } from './timer.shown.js';
import { TimerReader } from './timer-reader.js';
import { TimerWriter } from './timer-writer.js';
import { TimersController } from './timers.controller.js';

/** What the room's module has because of labour. */
export const labour = {
  operations: [...labourOperations, ...timerOperations],
  controllers: [LaborEntriesController, TimersController],
  providers: [
    AwaitedProcesses,
    ClosedOrders,
    TimerWriter,
    TimerReader,
    StoppedTimerAnswers,
    TimersResolver,
    ActiveTimerResolver,
    runningTimer.resolver,
    activeTimer.resolver,
    LabourTurns,
    LabourWriter,
    LaborEntryReader,
    WorkOrderLabourResolver,
    LaborEntriesResolver,
    laborEntry.resolver,
  ],
};
