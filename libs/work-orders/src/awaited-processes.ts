import { Injectable } from '@nestjs/common';
import { PositionNotReached, ProcessManagerEngine, Rejection, type Position } from '#millwright/event-sourcing';

/** How long an answer waits for what follows from its command, in milliseconds; past that the client is asked to come back. */
export const longestWaitMs = 5_000;

/** Waits for what follows from a command: an answer says what became of it. */
@Injectable()
export class AwaitedProcesses {
  constructor(private readonly processes: ProcessManagerEngine) {}

  /** Resolves when everything that follows from the event at that position is done. @throws Rejection COMPLETION_PENDING when that takes longer */
  async passed(name: string, position: Position, until = Date.now() + longestWaitMs): Promise<void> {
    try {
      await this.processes.waitFor(name, position, { timeout: Math.max(0, until - Date.now()) });
    } catch (error) {
      throw error instanceof PositionNotReached ? pending(position) : error;
    }
  }
}

/** What was committed is never answered as unavailable. */
export async function orPending<T>(position: Position, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof Rejection && error.code === 'UNAVAILABLE' ? pending(position) : error;
  }
}

export const pending = (position: Position): Rejection =>
  new Rejection('COMPLETION_PENDING', 'The request was taken and is still being carried out; repeat it to wait on.', [], {
    position: position.toString(),
  });
