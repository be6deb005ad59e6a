import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import { idOfPath, OverGraphql, RelatedRecords } from '#millwright/resources';
import { timerReads } from './timer.operations.js';
import { timerList } from './read-models/timer-list.js';
import { activeTimer, activeTimerOn, runningTimer } from './timer.shown.js';
import { TimerReader } from './timer-reader.js';
import { workOrders } from './work-order.resource.js';

const TimerConnection = connectionOf('Timer', () => runningTimer.type);
const TimerListArguments = listArgumentsOf('Timer', timerList);

@Resolver(() => runningTimer.type)
export class TimersResolver {
  constructor(private readonly reader: TimerReader) {}

  @Query(() => TimerConnection, { name: 'timers', complexity: listComplexity, description: 'The timers that run at this site.' })
  @OverGraphql(timerReads.list)
  async timers(@Args({ type: () => TimerListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.reader.page(list));
  }

  @Query(() => runningTimer.type, { name: 'timer', nullable: true, description: 'A timer that runs. Refused with NOT_FOUND.' })
  @OverGraphql(timerReads.one)
  timer(@Args('id', { type: () => ID, description: 'The number of the timer.' }) id: string): Promise<Row> {
    return this.reader.row(idOfPath(id));
  }
}

/** What a work order shows of the timer of whoever asks. */
@Resolver(() => workOrders.output)
export class ActiveTimerResolver {
  constructor(private readonly related: RelatedRecords) {}

  @ResolveField('activeTimerCurrentUser', () => activeTimer.type, {
    nullable: true,
    description: 'The timer that runs on it for whoever asks; null where none does.',
  })
  activeTimerCurrentUser(@Parent() { id }: Row): Promise<Row | undefined> {
    return activeTimerOn(Number(id), this.related);
  }
}
