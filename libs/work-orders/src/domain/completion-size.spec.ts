import { canonicalText, largestEventBytes, type EventMetadata } from '#millwright/event-sourcing';
import { scenario } from '../../../../test/harness/given.js';
import { now, opened, quantitySet } from '../testing/work-orders.js';
import { fitsIntoCompletion } from './completion-size.js';
import { completedEvent, finishCompletion } from './work-order-completion.js';
import { completeWorkOrder } from './work-order-status.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';

const given = scenario(workOrder);
const largest = '999999999.999';
const ids = (count: number, first = 1_000_000_000): number[] => Array.from({ length: count }, (_, index) => first + index);
/** As an earlier release took it, which knew no limit. */
const asked = (partId: number) => (): WorkOrderEvent[] => [{ type: 'PartAssignmentRequested', data: { partId, quantityAfter: largest } }];
const started = (): WorkOrderEvent[] => [{ type: 'WorkOrderCompletionStarted', data: { completedAt: now, statusId: 5 } }];
const issued = (parts: readonly number[]) => parts.map((partId) => ({ partId, quantity: largest }));

const metadata: EventMetadata = {
  recorded_at: now,
  effective_at: '2025-07-15',
  schema_version: 1,
  actor: { kind: 'process_manager', id: 'fulfilment' },
  entity_id: Number.MAX_SAFE_INTEGER,
  customer_id: Number.MAX_SAFE_INTEGER,
  request_id: 'r'.repeat(128),
  $correlationId: 'r'.repeat(128),
  $causationId: '00000000-0000-0000-0000-000000000000',
};

describe('the parts that one event can name', () => {
  it('are as many as fit into it, with the longest of everything that stands beside them', () => {
    const count = [...Array(3_000).keys()].findLast((size) =>
      fitsIntoCompletion(new Map(ids(size).map((id) => [id, { quantity: 999_999_999_999n }]))),
    );
    const parts = issued(ids(count ?? 0));
    const round = { revision: Number.MAX_SAFE_INTEGER, completedAt: now, statusId: Number.MAX_SAFE_INTEGER };
    const { type, data } = completedEvent(round, parts);
    const stored = { id: metadata.$causationId, stream: `workOrder-${Number.MAX_SAFE_INTEGER}`, revision: Number.MAX_SAFE_INTEGER };
    const bytes = Buffer.byteLength(canonicalText({ ...stored, type, data, metadata }));
    expect(bytes).toBeLessThanOrEqual(largestEventBytes);
    expect(bytes).toBeGreaterThan(largestEventBytes - 4_000);
  });
});

describe('an order of an earlier release with more parts than one event can name', () => {
  const order = given(opened, ...ids(1_600).map(asked));

  it('is not completed, until it has fewer', () => {
    order.when(completeWorkOrder, { now }).thenRefused('VALIDATION_FAILED', { status_id: 'too_many_parts' });
    const smaller = order.and(...ids(400).map((id) => quantitySet(id, '0')));
    smaller.when(completeWorkOrder, { now }).thenTypes('WorkOrderCompletionStarted');
  });

  it('stays open where its completion had begun', () => {
    const completing = order.and(started);
    const finished = completing.when(finishCompletion, { completionRevision: 1_601, parts: issued(ids(1_600)) });
    finished.thenTypes('WorkOrderCompletionRefused');
    finished.thenState(({ phase, refusedCompletions }) => {
      expect(phase).toBe('open');
      expect(refusedCompletions.get(1_601)).toMatchObject({ count: 1, parts: [{ partId: 1_000_000_000, code: 'EVENT_TOO_LARGE' }] });
    });
  });
});
