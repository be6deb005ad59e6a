import { Injectable } from '@nestjs/common';
import {
  currentContext,
  ProjectionEngine,
  Rejection,
  runInContext,
  surroundingContext,
  type CommandContext,
  type Position,
} from '#millwright/event-sourcing';

type InPast = CommandContext & Readonly<{ asOf?: Position }>;

/** How long an answer waits for the read models to show the place of the log that it is about, in milliseconds. */
const longestWaitMs = 2_000;

/** The log position right after whose event everything in the current answer was true; undefined where the answer is about today. */
export function currentAsOf(): Position | undefined {
  const context: InPast | undefined = surroundingContext();
  return context?.asOf;
}

/** Stands for that position in the text of a statement, until `statementAsOf` makes a parameter of it: what differs by it alone is prepared once. */
export const asOfSql = '$as_of';

/** A statement and its parameters, with the position that is asked for among them where the text mentions it. */
export function statementAsOf(text: string, parameters: readonly unknown[]): [text: string, parameters: unknown[]] {
  const position = currentAsOf();
  if (position === undefined || !text.includes(asOfSql)) return [text, [...parameters]];
  return [text.replaceAll(asOfSql, () => `$${parameters.length + 1}::bigint`), [...parameters, String(position)]];
}

/** Reads of what was: from the versions of rows, never from a replay. */
@Injectable()
export class AsOf {
  constructor(private readonly projections: ProjectionEngine) {}

  /**
   * Has lists, single reads and the records that they mention answered as they were right after the event at a log position. What keeps no versions
   * (people) is mentioned as it is today, and refuses to be read itself.
   * @throws Rejection UNAVAILABLE when the read models do not reach that position in time
   */
  async read<Result>(position: Position, work: () => Promise<Result>): Promise<Result> {
    if (!(await this.projections.reaches(position, longestWaitMs)))
      throw new Rejection('UNAVAILABLE', 'the read models have not reached that position yet');
    const context: InPast = { ...currentContext(), asOf: position };
    return runInContext(context, work);
  }
}
