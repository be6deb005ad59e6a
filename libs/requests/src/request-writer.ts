import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventStore, type Outcome } from '#millwright/event-sourcing';
import { ReferenceChecks, refuseIf, ResourceWriter, ResourceWriters, type Decided, type ResourceCommands } from '#millwright/resources';
import { archiveRequest, changeRequest, registerRequest, unarchiveRequest, type WantedStatus } from './domain/request-decisions.js';
import { workOrderRequest, type WorkOrderRequest } from './domain/request.js';
import type { RequestFields } from './request.fields.js';
import { workOrderRequests } from './request.resource.js';

/** Brings commands on requests to their stream. */
@Injectable()
export class RequestWriter implements ResourceCommands, OnModuleInit {
  constructor(
    private readonly resources: ResourceWriter,
    private readonly events: EventStore,
    private readonly writers: ResourceWriters,
    private readonly references: ReferenceChecks,
  ) {}

  onModuleInit(): void {
    this.writers.register(workOrderRequests, this);
  }

  /** @throws Rejection VALIDATION_FAILED, DUPLICATE_REFERENCE */
  create(input: RequestFields): Promise<Decided<WorkOrderRequest>> {
    return this.resources.create(workOrderRequests, input, (request, requestId, details) =>
      registerRequest(request, { requestId, portalId: null, details, ...wantedIn(input) }),
    );
  }

  /** One that came through a portal, about what that is about, be it archived by now. `keep` is told its number before it is there. */
  submit(input: RequestFields, portalId: number, keep: (requestId: number) => Promise<void>): Promise<Outcome<WorkOrderRequest>> {
    return this.resources.createThrough(workOrderRequests, input, input, async (requestId, details, problems) => {
      await keep(requestId);
      return this.events.execute(workOrderRequest, requestId, (request) => {
        refuseIf(problems);
        return registerRequest(request, { requestId, portalId, details });
      });
    });
  }

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, DUPLICATE_REFERENCE, PRECONDITION_FAILED */
  update(id: number, input: Partial<RequestFields>): Promise<Decided<WorkOrderRequest>> {
    return this.references.namingSeen({ CONFLICT: 'work_order' }, () =>
      this.resources.update(workOrderRequests, id, input, (request, changes) => changeRequest(request, { changes, ...wantedIn(input) })),
    );
  }

  /** @throws Rejection NOT_FOUND, RECORD_IN_USE, PRECONDITION_FAILED */
  archive(id: number): Promise<Decided<WorkOrderRequest>> {
    return this.references.namingSeen({ RECORD_IN_USE: 'work_order' }, () => this.resources.decide(workOrderRequests, id, archiveRequest));
  }

  /** @throws Rejection NOT_FOUND, PRECONDITION_FAILED */
  unarchive(id: number): Promise<Decided<WorkOrderRequest>> {
    return this.resources.decide(workOrderRequests, id, unarchiveRequest);
  }
}

/** A status that is null means the one that a new request has. */
function wantedIn({ status, rejection_reason }: Partial<RequestFields>): WantedStatus {
  return {
    ...(status !== undefined && { status: status ?? 'open' }),
    ...(rejection_reason !== undefined && { rejectionReason: rejection_reason }),
  };
}
