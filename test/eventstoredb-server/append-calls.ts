import { setImmediate } from 'node:timers/promises';
import { status, type sendUnaryData, type ServerReadableStream, type ServerUnaryCall, type ServiceError } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import { failure, idOf, nameOf, streamDeleted } from './messages.js';
import type { AppendResult, Expected, IncomingEvent, StoredLog } from './stored-log.js';
import type { Figures } from './figures.js';
import type { Gate } from './gate.js';

type Proposed = Pick<AppendReq.ProposedMessage, 'getId' | 'getMetadataMap' | 'getCustomMetadata_asU8' | 'getData_asU8'>;

export function incomingFrom(message: Proposed): IncomingEvent {
  const metadata = message.getMetadataMap();
  return {
    id: idOf(message.getId()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? 'application/octet-stream',
    metadata: message.getCustomMetadata_asU8(),
    data: message.getData_asU8(),
  };
}

const sizeOf = (events: readonly IncomingEvent[]): number =>
  events.reduce((size, event) => size + event.data.length + event.metadata.length, 0);

const tooLarge = (maximum: number): ServiceError =>
  failure(status.INVALID_ARGUMENT, 'maximum-append-size-exceeded', { 'maximum-append-size': String(maximum) });

function expectedOf(options: AppendReq.Options | undefined): Expected {
  if (options?.hasNoStream()) return 'no stream';
  if (options?.hasStreamExists()) return 'stream exists';
  return options?.hasRevision() ? BigInt(options.getRevision()) : 'any';
}

/** The answer to a classic append. A wrong expected revision is a normal reply, not an error status. */
function answerTo(result: Exclude<AppendResult, { kind: 'deleted' }>, expected: Expected, withoutPosition: boolean): AppendResp {
  if (result.kind === 'wrong revision') {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (result.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(result.current.toString());
    if (expected === 'no stream') wrong.setExpectedNoStream(new shared.Empty());
    else if (expected === 'stream exists') wrong.setExpectedStreamExists(new shared.Empty());
    else wrong.setExpectedRevision(expected.toString());
    return new streams.AppendResp().setWrongExpectedVersion(wrong);
  }
  const success = new streams.AppendResp.Success().setCurrentRevision(result.revision.toString());
  if (result.position === undefined || withoutPosition) success.setNoPosition(new shared.Empty());
  else {
    const position = result.position.toString();
    success.setPosition(new streams.AppendResp.Position().setCommitPosition(position).setPreparePosition(position));
  }
  return new streams.AppendResp().setSuccess(success);
}

/** The classic append: a client stream of one header and one message an event, answered once. */
export const appendCall =
  (log: StoredLog, gate: Gate, figures: Figures) =>
  (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => {
    const requests: AppendReq[] = [];
    call.on('data', (request: AppendReq) => requests.push(request));
    // A call that the client gave up has nobody to answer to, and was not committed.
    call.on('error', () => undefined);
    call.on('end', async () => {
      // The stream ends also when the client gives up in the middle of its events, and only then is the call cancelled; half an append must
      // not be committed.
      await setImmediate();
      if (call.cancelled) return;
      gate.pass(call, answer, () => {
        const options = requests[0]?.getOptions();
        const events = requests.flatMap((request) => request.getProposedMessage() ?? []).map(incomingFrom);
        const { faults } = gate;
        if (sizeOf(events) > faults.maximumAppendSize) return answer(tooLarge(faults.maximumAppendSize));
        if (gate.dropsBeforeCommit(call)) return;
        const stream = nameOf(options?.getStreamIdentifier());
        const expected = expectedOf(options);
        const result = log.append(stream, expected, events);
        figures.appends += 1;
        if (gate.dropsAfterCommit(call)) return;
        if (result.kind === 'deleted') return answer(streamDeleted(stream));
        answer(null, answerTo(result, expected, faults.withoutAppendPosition));
      });
    });
  };

/** Soft delete and tombstone. The expected revision is not looked at: no test of ours deletes conditionally. */
export const deleteCall =
  (log: StoredLog, gate: Gate) => (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) =>
    gate.pass(call, answer, () => {
      const position = log.delete(nameOf(call.request.getOptions()?.getStreamIdentifier()), 'soft')?.toString();
      const response = new streams.DeleteResp();
      if (position === undefined) response.setNoPosition(new shared.Empty());
      else response.setPosition(new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position));
      answer(null, response);
    });

export const tombstoneCall =
  (log: StoredLog, gate: Gate) => (call: ServerUnaryCall<TombstoneReq, TombstoneResp>, answer: sendUnaryData<TombstoneResp>) =>
    gate.pass(call, answer, () => {
      log.delete(nameOf(call.request.getOptions()?.getStreamIdentifier()), 'tombstone');
      answer(null, new streams.TombstoneResp().setNoPosition(new shared.Empty()));
    });
