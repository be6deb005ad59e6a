import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { Answer, ApiAnswer, ApiHeading, ApiListQuery, OverRest, type StreamedAnswer } from '#millwright/resources';
import { apiCall } from './api-call.shown.js';
import { getApiCallExport, getApiCallStatistics, getApiCallVerification, listApiCalls } from './api-calls.operations.js';
import { apiCallsList } from './api-calls-list.js';
import { ApiCallsReader } from './api-calls-reader.js';
import { ApiCallStatistics, CallLogVerification, statisticsGroupings } from './call-statistics.shown.js';
import { CallVerification } from './call-verification.js';

@ApiHeading('calls', 'The log of calls: who called what, when, and what became of it.')
@Controller('api/v1/api_calls')
export class ApiCallsController {
  constructor(
    private readonly reader: ApiCallsReader,
    private readonly verification: CallVerification,
  ) {}

  @Get()
  @OverRest(listApiCalls)
  @ApiListQuery(apiCallsList)
  @ApiAnswer(apiCall.type, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.reader.list(query);
  }

  @Get('export')
  @OverRest(getApiCallExport)
  @ApiListQuery(apiCallsList)
  @ApiProduces('application/x-ndjson')
  @ApiOkResponse({ description: 'A row a line, and a last line that says how many.', schema: { type: 'string' } })
  export(@Query() query: RawQuery): StreamedAnswer {
    return this.reader.export(query);
  }

  @Get('stats')
  @OverRest(getApiCallStatistics)
  @ApiQuery({ name: 'by', required: true, schema: { type: 'string', enum: [...statisticsGroupings], example: 'route' } })
  @ApiListQuery(apiCallsList)
  @ApiAnswer(ApiCallStatistics, { list: true })
  statistics(@Query() query: RawQuery): Promise<Answer> {
    return this.reader.statistics(query);
  }

  @Get('verify')
  @OverRest(getApiCallVerification)
  @ApiAnswer(CallLogVerification)
  async verify(): Promise<Answer> {
    return new Answer(await this.verification.verify());
  }
}
