import { Module } from '@nestjs/common';
import { commentsController, commentsOfRecordResolver } from '#millwright/comments';
import { resourceModule } from '#millwright/resources';
import { PortalController } from './portal.controller.js';
import { PortalLimit } from './portal-limit.js';
import { Portal } from './portal.js';
import { requestPortals } from './portals.js';
import { requestSubmitter } from './request-submitter.shown.js';
import { workOrderRequests } from './request.resource.js';
import { RequestTraces } from './request-traces.js';
import { RequestWriter } from './request-writer.js';

/** Every plain kind of record of this room: its projections and sequences are wanted at start. */
export const requestRecords = [requestPortals];

/** What people ask to be done. The edges of a request stand where its conversion does, with the work orders. */
@Module({
  imports: [resourceModule(requestRecords)],
  controllers: [PortalController, commentsController(workOrderRequests, 'WorkOrderRequest')],
  providers: [RequestWriter, Portal, PortalLimit, RequestTraces, requestSubmitter.resolver, commentsOfRecordResolver(workOrderRequests)],
  exports: [Portal],
})
export class RequestsModule {}
