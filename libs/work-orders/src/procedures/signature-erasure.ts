import type { Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { ForgottenInAnswers } from '#millwright/access';
import { idOf, type EventStore, type ProcessManager, type RecordedEvent } from '#millwright/event-sourcing';
import { PersonalValues } from '#millwright/resources';
import type { ProcedureItemAnswered, Signature } from '../domain/procedure.events.js';
import { isSignature } from '../domain/procedures.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrder } from '../domain/work-order.js';
import { signatureTold } from './signatures.js';

type GivenSignature = Readonly<{ procedureId: number; value: Signature; signedAt: string }>;

/** What was signed before these events of an order, which follow each other, and is signed anew by them or taken back. */
export async function signedBefore(
  store: EventStore,
  orderId: number,
  events: readonly RecordedEvent<WorkOrderEvent>[],
): Promise<GivenSignature[]> {
  const answers = events.filter((event) => event.type === 'ProcedureItemAnswered' && maySign(event));
  const [first] = answers;
  if (!first) return [];
  const { procedureContents } = await store.loadAt(workOrder, orderId, first.revision - 1);
  return answers.flatMap(({ data }) => {
    const { procedureId, itemId } = data as ProcedureItemAnswered['data'];
    const item = procedureContents.get(procedureId)?.items.find(({ id }) => id === itemId);
    if (item?.itemType !== 'signature' || !isSignature(item.value) || item.answeredAt === null) return [];
    return [{ procedureId, value: item.value, signedAt: item.answeredAt }];
  });
}

/** A signature is answered with another one, or with nothing: no other answer is worth a look at what was before. */
const maySign = ({ data: { value } }: ProcedureItemAnswered): boolean => value === null || isSignature(value);

/**
 * Has the name of each signature that was taken back, or given anew, vanish from kept answers, also where the process that answered ended before it came
 * to that.
 */
export function signatureErasure(events: EventStore, entities: EntityManager, pool: Pool): ProcessManager<WorkOrderEvent> {
  const values = new PersonalValues(entities);
  const answers = new ForgottenInAnswers(pool);
  return {
    name: 'signature-erasure',
    categories: [workOrder.category],
    startsAt: 'head',
    async handle(event) {
      for (const { procedureId, value, signedAt } of await signedBefore(events, idOf(event.stream), [event])) {
        const told = await signatureTold(values, procedureId, value, signedAt);
        if (told) await answers.forget(told);
      }
    },
  };
}
