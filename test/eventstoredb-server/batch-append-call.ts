import type { ServerDuplexStream } from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { incomingFrom } from './append-calls.js';
import { idOf, identifierOf, nameOf } from './messages.js';
import type { AppendResult, Expected, IncomingEvent, StoredLog } from './stored-log.js';
import type { Figures } from './figures.js';
import type { Gate } from './gate.js';

type Batch = { stream: string; expected: Expected; events: IncomingEvent[] };

function batchFrom(options: BatchAppendReq.Options | undefined): Batch {
  const stream = nameOf(options?.getStreamIdentifier());
  if (options?.hasNoStream()) return { stream, expected: 'no stream', events: [] };
  if (options?.hasStreamExists()) return { stream, expected: 'stream exists', events: [] };
  return { stream, expected: options?.hasStreamPosition() ? BigInt(options.getStreamPosition()) : 'any', events: [] };
}

function errorOf(result: Exclude<AppendResult, { kind: 'appended' | 'idempotent' }>, batch: Batch) {
  const details = new any.Any();
  if (result.kind === 'deleted') {
    const deleted = new shared.StreamDeleted().setStreamIdentifier(identifierOf(batch.stream));
    details.pack(deleted.serializeBinary(), 'event_store.client.StreamDeleted');
  } else {
    const wrong = new shared.WrongExpectedVersion();
    if (result.current === undefined) wrong.setCurrentNoStream(new empty.Empty());
    else wrong.setCurrentStreamRevision(result.current.toString());
    if (typeof batch.expected === 'bigint') wrong.setExpectedStreamPosition(batch.expected.toString());
    else if (batch.expected === 'no stream') wrong.setExpectedNoStream(new empty.Empty());
    else wrong.setExpectedStreamExists(new empty.Empty());
    details.pack(wrong.serializeBinary(), 'event_store.client.WrongExpectedVersion');
  }
  return new statuses.Status().setMessage(result.kind).setDetails(details);
}

/**
 * The newer append: one long duplex call a client, whose requests are taken in their order and answered when they are safe. Our adapter uses it to
 * copy a log and for nothing else (docs/adr); other clients can be pointed at this server, too.
 */
export const batchAppendCall =
  (log: StoredLog, gate: Gate, figures: Figures) => (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
    const batches = new Map<string, Batch>();
    call.on('error', () => undefined);
    call.on('end', () => call.end());
    call.on('data', (request: BatchAppendReq) => {
      if (gate.faults.silent) return;
      const id = idOf(request.getCorrelationId());
      const batch = batches.get(id) ?? batchFrom(request.getOptions());
      batches.set(id, batch);
      batch.events.push(...request.getProposedMessagesList().map(incomingFrom));
      if (!request.getIsFinal()) return;
      batches.delete(id);
      figures.batchAppends += 1;
      const result = log.append(batch.stream, batch.expected, batch.events);
      if (gate.dropsAfterCommit(call)) return;
      const response = new streams.BatchAppendResp()
        .setCorrelationId(request.getCorrelationId())
        .setStreamIdentifier(identifierOf(batch.stream));
      if (result.kind === 'deleted' || result.kind === 'wrong revision') response.setError(errorOf(result, batch));
      else {
        const position = `${result.position}`;
        response.setSuccess(
          new streams.BatchAppendResp.Success()
            .setCurrentRevision(result.revision.toString())
            .setPosition(new shared.AllStreamPosition().setCommitPosition(position).setPreparePosition(position)),
        );
      }
      if (gate.faults.delay > 0) setTimeout(() => call.write(response), gate.faults.delay).unref();
      else call.write(response);
    });
  };
