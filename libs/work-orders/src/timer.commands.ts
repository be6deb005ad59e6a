import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { OneOf, Reference, Text } from '#millwright/fields';
import type { Written } from '#millwright/resources';
import { rateTypes } from './work-order.choices.js';

/** The timer as `read.timers` will have it. */
export type StartedTimer = Written & Readonly<{ timer: Row }>;

/** The order, and the entry that the timer has left on it; null where it ran for less than a second. */
export type StoppedTimer = Written & Readonly<{ entry: Row | null }>;

const whose = { description: 'Whose timer it is; left out, that of whoever asks.', example: 1 };

@InputType('StartTimerInput', { description: 'Begins to count the time of somebody who works on an order.' })
export class StartTimer extends Command<StartedTimer> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('user', whose) technician_id?: number | null;
}

@InputType('StopTimerInput', { description: 'Ends the timer that somebody has running on an order.' })
export class StopTimer extends Command<StoppedTimer> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('user', whose) technician_id?: number | null;
  @OneOf(rateTypes, { description: 'Which of the rates the time costs; left out, regular.', example: 'regular' }) rate_type?: string | null;
  @Text({ description: 'What was done.', max: 2000, example: 'Replaced the bearing' }) note?: string | null;
}
