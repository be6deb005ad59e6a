import { commentsCountOf } from '#millwright/comments';
import { Flag, Instant, Name, OneOf, Reference, References, ShownInstant, ShownInteger, ShownReference, Text } from '#millwright/fields';
import { ShownVendors } from '#millwright/people';
import { resourceFields, ShownOne } from '#millwright/resources';
import type { RequestStatus } from './domain/request.events.js';
import { requestPriorities, requestStatuses } from './request.choices.js';
import { requestSubmitter, submitterOf } from './request-submitter.shown.js';

/** What somebody asks for. */
export class RequestFields {
  @Name({ description: 'What is wanted, in a line.', required: true, max: 1000, example: 'Fix water leakage in Freezer' }) title!: string;
  @Text({ description: 'What is wanted, up to 20,000 characters.', max: 20_000, example: 'Water leakage due to blocked defrost drain' })
  description?: string | null;
  @OneOf(requestStatuses, {
    initial: 'open',
    description: 'Where it stands. Approved and completed follow from its work order, and so does every other once it has one.',
    example: 'on_hold',
  })
  status?: RequestStatus | null;
  @Text({ description: 'Why it is rejected: given with that status, and with no other.', max: 2000 }) rejection_reason?: string | null;
  @Flag({ initial: false, only: 'full', description: 'Whether whoever asked is to be told by mail what becomes of it.', example: true })
  notify?: boolean | null;
  @OneOf(requestPriorities, { description: 'How much it presses.', example: 'high' }) priority?: string | null;
  @Reference('location', { description: 'The location where the work is.' }) location_id?: number | null;
  @Reference('asset', { description: 'The asset that it is about.' }) asset_id?: number | null;
  @References('category', { description: 'The categories that it belongs to.', label: ['id', 'name'] }) categories_ids?: number[] | null;
  @References('user', { demands: 'assignable', description: 'The users who are to do the work.' }) technicians_ids?: number[] | null;
  @References('vendor', { demands: 'assignable', description: 'The vendors who are to do the work.', label: ['id', 'name'] })
  vendors_ids?: number[] | null;
  @Reference('served_customer', {
    column: 'served_customer_id',
    description: 'The customer for whom the work is to be done.',
    label: ['id', 'name'],
  })
  customer_id?: number | null;
  @Instant({ description: 'When the work is to be done by.', example: '2025-07-17T12:00:00Z' }) due_date?: string | null;
}

/** What follows from its order, its portal and what was said about it. */
export class RequestFigures {
  @ShownVendors({ description: 'The vendors who are to do the work.' }) vendors_ids!: readonly number[];
  @ShownInstant({ description: 'When its work order was completed; null while it is not.' }) completed_at!: string | null;
  @ShownReference('work_order', { description: 'The work order that was opened from it; null where none was.' })
  work_order_id!: number | null;
  @ShownReference('request_portal', {
    description: 'The portal that it came through; null where it came otherwise.',
    label: ['id', 'uuid', 'title'],
  })
  request_portal_id!: number | null;
  @ShownOne(requestSubmitter, { description: 'Who asked through the portal, as the person said it; else null.', of: submitterOf })
  submitted_by!: object | null;
  @ShownInteger({ description: 'How many comments it has that stand.', always: true, of: commentsCountOf('work_order_request') })
  comments_count!: number;
}

const creator = ['id', 'name', 'surname', 'phone_number', 'email', 'auth_type', 'avatar'];

export const requestFields = resourceFields({
  name: 'work_order_request',
  fields: RequestFields,
  shown: RequestFigures,
  apart: ['status', 'rejection_reason'],
  attachments: 'full',
  people: { as: 'records', columns: ['created_by_id', 'updated_by_id'], creator },
});
