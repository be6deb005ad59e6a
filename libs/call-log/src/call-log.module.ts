import { Module } from '@nestjs/common';
import { apiCall } from './api-call.shown.js';
import { ApiCallsController } from './api-calls.controller.js';
import { ApiCallsReader } from './api-calls-reader.js';
import { ApiCallsResolver } from './api-calls.resolver.js';
import { CallerTraces } from './caller-traces.js';
import { CallVerification } from './call-verification.js';

/** The log of calls, for reading; `CallLog`, which writes it, is made with the engine. */
@Module({
  controllers: [ApiCallsController],
  providers: [ApiCallsReader, ApiCallsResolver, CallVerification, CallerTraces, apiCall.resolver],
})
export class CallLogModule {}
