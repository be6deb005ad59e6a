import { Injectable, Logger } from '@nestjs/common';
import { appendedNothing, EventStore, type RecordedEvent } from '#millwright/event-sourcing';
import { existsHere, type Decided } from '#millwright/resources';
import { answerProcedure, type AnswerProcedure as Answered, type SaidAnswer } from '../domain/order-procedures.js';
import type { Signature } from '../domain/procedure.events.js';
import { isSignature } from '../domain/procedures.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrder } from '../domain/work-order.js';
import type { WorkOrder } from '../domain/work-order.state.js';
import { decidedProcedure } from '../read-models/procedures.js';
import { WorkOrderWriter } from '../work-order-writer.js';
import { answerForm, isSentBack, signatoryIn, type KnownSignatures } from './answer-forms.js';
import type { AnsweredProcedure, AnswerProcedure } from './procedure.commands.js';
import { signedBefore } from './signature-erasure.js';
import { Signatures } from './signatures.js';

/** Answers the procedures of work orders. */
@Injectable()
export class ProcedureWriter {
  private readonly logger = new Logger(ProcedureWriter.name);

  constructor(
    private readonly events: EventStore,
    private readonly orders: WorkOrderWriter,
    private readonly signatures: Signatures,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED, CONFLICT, WORK_ORDER_CLOSED, PRECONDITION_FAILED */
  async answer({ work_order_id, procedure_id, answers }: AnswerProcedure): Promise<AnsweredProcedure> {
    const signatures = await this.signedNow(work_order_id, procedure_id, answers);
    const answered = { procedureId: procedure_id, answers, form: answerForm(signatures) };
    const outcome = await this.decided(answered, work_order_id, signatures.given);
    const procedure = decidedProcedure(outcome.state, procedure_id);
    if (!procedure) throw new Error(`procedure ${procedure_id} of work order ${work_order_id} was answered and is not there`);
    // A repeat finds what was signed the first time.
    await this.forgetUnless(isNamedIn(outcome.state, procedure_id), procedure_id, signatures.given);
    await this.takeBackOthers(procedure_id, outcome);
    return { ...outcome, procedure };
  }

  /** A name is kept where an event may speak of it, whatever becomes of the request. */
  private async decided(answered: Answered, workOrderId: number, signed: ReadonlyMap<number, Signature>): Promise<Decided<WorkOrder>> {
    try {
      return await this.orders.decide(workOrderId, (order) => answerProcedure(order, answered));
    } catch (failure) {
      if (appendedNothing(failure)) await this.forgetUnless(() => false, answered.procedureId, signed);
      throw failure;
    }
  }

  /** The names have to be kept before an event speaks of them. What is wrong with an answer, the decision says. */
  private async signedNow(workOrderId: number, procedureId: number, answers: readonly SaidAnswer[]): Promise<KnownSignatures> {
    const [given, names] = [new Map<number, Signature>(), new Map<string, string | null>()];
    const { state } = await this.events.load(workOrder, workOrderId);
    const items = existsHere(state.history) ? (state.procedureContents.get(procedureId)?.items ?? []) : [];
    for (const item of items.filter(({ itemType }) => itemType === 'signature')) {
      const signatory = signatoryIn(answers.find(({ item_id }) => item_id === item.id)?.value);
      if ('problem' in signatory) continue;
      if (signatory.signedAt !== null && isSignature(item.value))
        names.set(item.value.signature, await this.signatures.nameOf(procedureId, item.value));
      if (signatory.name !== null && !isSentBack(item, signatory, names))
        given.set(item.id, await this.signatures.keep(procedureId, signatory.name));
    }
    return { given, names };
  }

  /** What was signed before these answers is shown no more, and told by no repeat either. Where this fails, `signatureErasure` does it. */
  private async takeBackOthers(procedureId: number, { id, events }: Decided<WorkOrder>): Promise<void> {
    try {
      for (const { value, signedAt } of await signedBefore(this.events, id, events as readonly RecordedEvent<WorkOrderEvent>[]))
        await this.signatures.takeBack(procedureId, value, signedAt);
    } catch (failure) {
      this.logger.warn(`what was signed in procedure ${procedureId} before is looked for later: ${String(failure)}`);
    }
  }

  private async forgetUnless(
    isNamed: (signature: Signature) => boolean,
    procedureId: number,
    signed: ReadonlyMap<number, Signature>,
  ): Promise<void> {
    for (const signature of signed.values()) if (!isNamed(signature)) await this.signatures.forget(procedureId, signature);
  }
}

const isNamedIn =
  ({ procedureContents }: WorkOrder, procedureId: number) =>
  ({ signature }: Signature): boolean =>
    (procedureContents.get(procedureId)?.items ?? []).some(({ value }) => isSignature(value) && value.signature === signature);
