import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { Hours, IdOf, Money, OneOf, PlainDate, Reference, Text, WholeSecond } from '#millwright/fields';
import type { Decided } from '#millwright/resources';
import type { WorkOrder } from './domain/work-order.state.js';
import { rateTypes } from './work-order.choices.js';

/** What recording labour answers with: its order, and the entry as `read.labor_entries` will have it. */
export type WrittenLabour = Decided<WorkOrder> & Readonly<{ entry: Row }>;

@InputType('LogLaborInput', { description: 'Records work that was done on a work order.' })
export class LogLabor extends Command<WrittenLabour> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('user', { description: 'Who worked.', example: 1 }) technician_id?: number | null;
  @Reference('vendor', { demands: 'assignable', description: 'Whose people worked, instead of a technician.' }) vendor_id?: number | null;
  @WholeSecond({
    description: 'When the work began, in whole seconds; with `ended_at` instead of `hours`.',
    example: '2026-03-02T08:00:00Z',
  })
  started_at?: string | null;
  @WholeSecond({ description: 'When the work ended, in whole seconds, at most 31 days later.', example: '2026-03-02T09:40:00Z' })
  ended_at?: string | null;
  @Hours({ places: 4, moreThan: '0', atMost: '744', description: 'How long was worked, instead of `started_at` and `ended_at`.' })
  hours?: string | null;
  @OneOf(rateTypes, { description: 'Which of the rates the hours cost; left out, regular.', example: 'regular' }) rate_type?: string | null;
  @Money({
    seenWith: 'rates:read',
    description: 'What an hour costs; left out, the rate that the technician or the vendor has now.',
    example: 41,
  })
  rate?: string | null;
  @Reference('labor_category', { description: 'What kind of work it was.' }) labor_category_id?: number | null;
  @Text({ description: 'What was done.', max: 2000, example: 'Replaced the bearing' }) note?: string | null;
  @PlainDate({ description: "The day it belongs to, at most a day ahead; left out, the site's day of the end, or today." }) date?:
    string | null;
}

@InputType('ReverseLaborEntryInput', { description: 'Takes a wrong entry back by another one that negates it.' })
export class ReverseLaborEntry extends Command<WrittenLabour> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @IdOf('labor_entry', { required: true }) labor_entry_id!: number;
  @Text({ required: true, description: 'Why it is taken back.', max: 2000, example: 'Logged on the wrong order' }) reason!: string;
  @PlainDate({ description: 'The day the reversal belongs to, at most a day ahead; left out, today at the site.' }) date?: string | null;
}
