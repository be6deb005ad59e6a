import { ID, InputType } from '@nestjs/graphql';
import { allKnown, type Row } from '#millwright/event-sourcing';
import {
  AsRead,
  defineField,
  Flag,
  Instant,
  Integer,
  Name,
  NestedList,
  NestedObject,
  OneOf,
  Reference,
  References,
  Shown,
  ShownFlag,
  ShownInstant,
  ShownInteger,
  ShownOneOf,
  ShownReference,
  ShownText,
  Text,
  Texts,
  type Class,
} from '#millwright/fields';
import { defineShownType, resourceFields, ShownList } from '#millwright/resources';
import type { StatusKind } from './domain/work-order.events.js';
import { downtimeTracking, printedDowntime } from './downtime-tracking.js';
import { ProcedureTemplateIds } from './procedures/template-ids.js';
import { assetPath, hierarchyStep, locationPath } from './hierarchy.js';
import { alarmCountOf, commentsCount } from './read-models/alarms.js';
import { ShownVendors } from '#millwright/people';
import { activeTimer, printedActiveTimer } from './timer.shown.js';
import { totalCosts, partAssignment, type WorkOrderCosts } from './work-order-costs.shown.js';
import { priorities, statusKinds, yesOrNo } from './work-order.choices.js';

/** What it takes to say that work is done, or that it is not after all (contract, part 4, S69). */
export const completingWith = 'work_orders:complete';

@InputType({ description: 'A step of the work.' })
export class ChecklistItemInput {
  @Text({ description: 'What is to be done.', required: true, max: 1000, example: 'Inspect defrost drain for blockages' }) text!: string;
  @Integer({ example: 1, description: 'Where it stands; left out, its place in the list.' }) order?: number | null;
  @Flag({ description: 'Whether it is done; left out, it is not.', example: false }) checked?: boolean | null;
  @AsRead({ description: 'When it was ticked off.', openApi: { type: 'string', format: 'date-time' } }) checked_at?: unknown;
  @AsRead({ description: 'Who ticked it off.', openApi: { type: 'object', additionalProperties: true } }) checked_by?: unknown;
}

class ChecklistItemFields {
  @ShownText({ description: 'What is to be done.', always: true }) text!: string;
  @ShownInteger({ description: 'Where it stands among the others.', always: true }) order!: number;
  @ShownFlag({ description: 'Whether it is done.', always: true }) checked!: boolean;
  @ShownInstant({ description: 'When it was ticked off; null while it is not.' }) checked_at!: string | null;
  @ShownReference('user', { description: 'Who ticked it off; null while it is not.', label: ['id', 'name', 'surname'] })
  checked_by_id!: number | null;
}

export const checklistItem = defineShownType('ChecklistItem', ChecklistItemFields, 'A step of the work.');

@InputType({ description: 'An asset by what a machine knows of it: exactly one of these.' })
export class AssetKeyInput {
  @Text({ description: 'Its number in your own books (asset_code).', example: 'AST-001' }) code?: string | null;
  @Text({ description: 'The text of its QR code.' }) qr_code?: string | null;
  @Text({ description: 'The key that your own systems gave it (external_reference).' }) external_reference?: string | null;
}

/** What a work order is about, and its status; left out, it is open. */
export class WorkOrderFields {
  @Name({
    description: 'What is to be done, in a line.',
    required: true,
    unless: 'work_order_request_id',
    max: 1000,
    example: 'Fix water leakage in Freezer',
  })
  title!: string;
  @Text({ description: 'What is to be done, up to 20,000 characters.', max: 20_000, example: 'Water leakage due to blocked defrost drain' })
  description?: string | null;
  @Text({
    max: 50,
    description: 'What kind of work it is, like preventive; a new one is reactive where nothing is said.',
    example: 'reactive',
  })
  type?: string | null;
  @OneOf(priorities, { description: 'How much it presses.', example: 'high' }) priority?: string | null;
  @Instant({ description: 'When the work is to be done by.', example: '2025-07-17T12:00:00Z' }) due_date?: string | null;
  @Instant({
    description: 'When the work was done: completes the order; null opens it again. At most a day ahead, any time past.',
    example: '2025-07-15T09:30:00Z',
    saidWith: completingWith,
  })
  completed_at?: string | null;
  @Reference('work_order_status', {
    description:
      'A status of kind completed completes the order, one of kind open opens it again. Decides where `completed_at` is sent, too.',
    label: ['id', 'name', 'is_custom'],
    always: true,
  })
  status_id?: number | null;
  @Reference('location', { description: 'The location where the work is.' }) location_id?: number | null;
  @Reference('asset', { description: 'The asset that is worked on.', label: ['id', 'name', 'status'] }) asset_id?: number | null;
  @References('category', {
    description: 'The categories that it belongs to; reports put its costs under the first.',
    label: ['id', 'name'],
  })
  categories_ids?: number[] | null;
  @References('user', { demands: 'assignable', description: 'The users who do the work.' }) technicians_ids?: number[] | null;
  @NestedList(() => ChecklistItemInput, {
    description: 'The steps of the work, each to be ticked off.',
    shown: () => checklistItem.type,
    only: 'full',
  })
  checklist?: ChecklistItemInput[] | null;
  @OneOf(yesOrNo, { description: 'Whether its vendors are told by mail when it is created.', only: 'full', filtered: false })
  notify_vendors_on_create?: string | null;
  @OneOf(yesOrNo, { description: 'Whether its vendors are told by mail when it changes.', only: 'full', filtered: false })
  notify_vendors_on_update?: string | null;
  @Reference('work_order_request', {
    only: 'full',
    description: 'The request that it is opened from: what is left out is as that has it. Never changes.',
  })
  work_order_request_id?: number | null;
  @References('account_code', {
    description: 'The accounts that it is booked to: the first one; without any, its categories, asset, location or site say which.',
    label: ['id', 'name', 'code'],
  })
  account_codes_ids?: number[] | null;
  @ProcedureTemplateIds() procedure_template_ids?: number[] | null;
  @References('vendor', { demands: 'assignable', description: 'The vendors who do the work.' }) vendors_ids?: number[] | null;
  @Reference('served_customer', {
    column: 'served_customer_id',
    description: 'The customer for whom the work is done.',
    label: ['id', 'name'],
  })
  customer_id?: number | null;
  @Text({
    description: 'What a machine knows its alarm by: while an order with that key is open, a repeat adds a comment to it. Never changes.',
    example: 'press-7/overheated',
    blank: 'refused',
  })
  dedup_key?: string | null;
}

/** The bare id beside the request itself: REST shows it in lists, GraphQL always. */
const ShownRequestId =
  ({ description }: Readonly<{ description: string }>): PropertyDecorator =>
  (target, property) => {
    const name = 'work_order_request_id';
    const value = (row: Row): unknown => row[name] ?? null;
    defineField(target.constructor as Class, {
      name: String(property),
      description,
      printed: { name, openApi: { type: 'integer', nullable: true }, only: 'row', print: value },
      output: { name, type: () => ID, nullable: true, resolve: value },
    });
  };

/** Orders of earlier releases have nothing there (S60). */
const noUnlessSaid = (name: string) => ({ always: true, only: 'full', of: (row: Row) => row[name] ?? 'no' }) as const;

/** What follows from its status, its parts and its costs. */
export class WorkOrderFigures {
  @Shown(
    { type: () => [checklistItem.type] },
    ({ checklist }, _costs, related) => allKnown((checklist as Row[]).map((item) => checklistItem.print(item, related))),
    { only: 'full' },
  )
  checklist!: object[];
  @ShownInstant({ description: 'When the work was done; null while it is not.' }) completed_at!: string | null;
  @ShownOneOf(statusKinds, { description: 'What its status means, whatever it is called.', always: true, over: 'graphql' })
  status_kind!: StatusKind;
  @ShownReference('entity', { description: 'Its site.', label: ['id', 'name', 'portfolio'], always: true, filtered: false })
  entity_id!: number;
  @ShownList(hierarchyStep, { description: 'From the root asset down to its own; empty without one.', of: assetPath })
  asset_path!: object[];
  @ShownList(hierarchyStep, {
    description: 'From the root location down to its own, else to that of its asset; empty without one.',
    of: locationPath,
  })
  location_path!: object[];
  @ShownOneOf(yesOrNo, {
    ...noUnlessSaid('notify_vendors_on_create'),
    description: 'Whether its vendors are told by mail when it is created.',
  })
  notify_vendors_on_create!: string;
  @ShownOneOf(yesOrNo, {
    ...noUnlessSaid('notify_vendors_on_update'),
    description: 'Whether its vendors are told by mail when it changes.',
  })
  notify_vendors_on_update!: string;
  @ShownVendors({ description: 'The vendors who do the work.' }) vendors_ids!: object[];
  @ShownReference('pm_schedule', { description: 'The PM schedule that raised it.' }) pm_schedule_id!: number | null;
  @Shown({ type: () => downtimeTracking.type, nullable: true }, (row, _costs, related) => printedDowntime(row, related))
  downtime_tracking!: object | null;
  @Shown({ type: () => activeTimer.type, nullable: true }, (row, _costs, related) => printedActiveTimer(row, related))
  active_timer_current_user!: object | null;
  @ShownRequestId({ description: 'The number of the request that it was opened from; null where there was none.' })
  request_id!: number | null;
  @ShownInteger({ description: 'How many comments it has that stand.', always: true, of: commentsCount })
  comments_count!: number;
  @ShownInteger({ description: 'How often its alarm came, the first time included; null without a `dedup_key`.', of: alarmCountOf })
  alarm_count!: number | null;
  @Shown<WorkOrderCosts>({ type: () => totalCosts.type }, (_row, costs, related) => totalCosts.print(costs, related)) total_costs!: object;
  @Shown<WorkOrderCosts>(
    { type: () => [partAssignment.type] },
    (_row, { lines }, related) => allKnown(lines.map((line) => partAssignment.print(line, related))),
    { only: 'full' },
  )
  part_assignments!: object[];
}

/** What a new order can be told beside its fields: who calls need not know our numbers (S41). */
export class NewWorkOrderFields extends WorkOrderFields {
  @NestedObject(() => AssetKeyInput, { description: 'The asset by its code, QR code or external reference, instead of `asset_id`.' })
  asset?: AssetKeyInput | null;
  @Texts({
    description: 'Users who do the work, by their e-mail addresses, beside `technicians_ids`.',
    max: 254,
    // The answer says whose an address is (contract, part 4, S92).
    saidWith: 'people:read',
  })
  technicians_emails?: string[] | null;
}

export const workOrderFields = resourceFields<WorkOrderFields, WorkOrderFigures>({
  name: 'work_order',
  fields: WorkOrderFields,
  create: NewWorkOrderFields,
  shown: WorkOrderFigures,
  apart: ['status_id', 'completed_at', 'procedure_template_ids'],
  attachments: 'full',
  people: { as: 'records', columns: ['created_by_id', 'updated_by_id'] },
});
