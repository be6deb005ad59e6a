import { accountingRecords } from './accounting-records.js';
import { Rejection } from '#millwright/event-sourcing/decider';
import { statusKinds } from '../work-order.choices.js';
import { Name, OneOf, Reference, ShownFlag, Text } from '#millwright/fields';
import { defineRecord, type RecordState, type ValuesOf } from '#millwright/resources';

class CategoryFields {
  @Name({ description: 'What people call the category.', required: true, example: 'Refrigeration' }) name!: string;
  @Text({ description: 'What belongs into it, up to 10,000 characters.', max: 10_000 }) description?: string | null;
  @Reference('account_code', { label: ['id', 'name', 'code'], description: 'The account that its work is booked to.' }) account_code_id?:
    number | null;
}

export const categories = defineRecord({
  name: 'category',
  plural: 'categories',
  fields: CategoryFields,
  description: 'What work orders and other costs are grouped by, also in reports.',
  scope: 'customer',
  history: true,
  search: ['name', 'description'],
});

class WorkOrderStatusFields {
  @Name({ description: 'What people call the status.', required: true, example: 'Waiting for parts' }) name!: string;
  @OneOf(statusKinds, { required: true, description: 'What it means for its work orders; never changes.', example: 'open' })
  kind!: (typeof statusKinds.words)[number];
}

class WorkOrderStatusFigures {
  @ShownFlag({ always: true, initial: true, description: 'False for a built-in status, which can neither be changed nor archived.' })
  is_custom!: boolean;
}

type Values = WorkOrderStatusFields & WorkOrderStatusFigures;

/** No status ever changes its kind: orders have been closed by it. */
export const workOrderStatuses = defineRecord({
  name: 'work_order_status',
  plural: 'work_order_statuses',
  fields: WorkOrderStatusFields,
  shown: WorkOrderStatusFigures,
  description: 'Where a work order stands, in words of your own; its kind says what that means. The built-in ones never change.',
  notes: { update: { refusals: 'CONFLICT (a built-in one)' }, archive: { refusals: 'CONFLICT (a built-in one)' } },
  scope: 'customer',
  history: true,
  defaultSort: 'id asc',
  rules: { change: assertChangeable, archive: assertCustom },
});

function assertChangeable(state: RecordState<Values>, changes: ValuesOf<Values>): void {
  assertCustom(state);
  if (changes.kind === undefined) return;
  throw new Rejection('VALIDATION_FAILED', 'The kind of a status never changes.', [
    { field: 'work_order_status.kind', code: 'never_changes', message: 'never changes' },
  ]);
}

function assertCustom({ values }: RecordState<Values>): void {
  if (values.is_custom !== true) throw new Rejection('CONFLICT', 'A built-in status can neither be changed nor archived.');
}

/** Every kind of record of this room besides work orders: their projections and sequences are wanted at start. */
export const workOrderRecords = [categories, workOrderStatuses, ...accountingRecords];
