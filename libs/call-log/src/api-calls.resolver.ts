import { Args, ArgsType, Field, Query, Resolver } from '@nestjs/graphql';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, listQueryOf, type ListArguments } from '#millwright/lists';
import { OverGraphql } from '#millwright/resources';
import { apiCall } from './api-call.shown.js';
import { getApiCallStatistics, getApiCallVerification, listApiCalls } from './api-calls.operations.js';
import { apiCallsList } from './api-calls-list.js';
import { ApiCallsReader, type StatisticsRow } from './api-calls-reader.js';
import { ApiCallGrouping, ApiCallStatistics, CallLogVerification, type StatisticsGrouping } from './call-statistics.shown.js';
import { CallVerification } from './call-verification.js';

const ApiCallConnection = connectionOf('ApiCall', () => apiCall.type);
const ApiCallListArguments = listArgumentsOf('ApiCall', apiCallsList);

@ArgsType()
class ApiCallStatisticsArguments extends ApiCallListArguments {
  @Field(() => ApiCallGrouping, { description: 'What makes a row.' }) by!: StatisticsGrouping;
}

/** Counting and comparing looks at every line. */
const complexity = ({ childComplexity }: { childComplexity: number }): number => 100 + 100 * childComplexity;

@Resolver()
export class ApiCallsResolver {
  constructor(
    private readonly reader: ApiCallsReader,
    private readonly verification: CallVerification,
  ) {}

  @Query(() => ApiCallConnection, { name: 'apiCalls', complexity: listComplexity, description: 'The calls of the API, the latest first.' })
  @OverGraphql(listApiCalls)
  async apiCalls(@Args({ type: () => ApiCallListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.reader.page(list));
  }

  @Query(() => [ApiCallStatistics], {
    name: 'apiCallStatistics',
    complexity,
    description: 'The calls of the API, counted; it takes the filters of the list. Refused with VALIDATION_FAILED.',
  })
  @OverGraphql(getApiCallStatistics)
  apiCallStatistics(
    @Args({ type: () => ApiCallStatisticsArguments }) { by, ...list }: ListArguments & ApiCallStatisticsArguments,
  ): Promise<readonly StatisticsRow[]> {
    return this.reader.statisticsBy(by, (definition) => listQueryOf(definition, list));
  }

  @Query(() => CallLogVerification, {
    name: 'apiCallVerification',
    complexity: 1_000,
    description: 'Whether the log of calls is as it was written.',
  })
  @OverGraphql(getApiCallVerification)
  apiCallVerification(): Promise<CallLogVerification> {
    return this.verification.verify();
  }
}
