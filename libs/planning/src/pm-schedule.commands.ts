import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import { Reference } from '#millwright/fields';
import type { Decided } from '#millwright/resources';
import type { PmSchedule } from './domain/pm-schedule.state.js';

@InputType('PausePmScheduleInput', { description: 'Has a schedule raise nothing until it is resumed.' })
export class PausePmSchedule extends Command<Decided<PmSchedule>> {
  @Reference('pm_schedule', { required: true }) pm_schedule_id!: number;
}

@InputType('ResumePmScheduleInput', { description: 'Has a paused schedule raise its dates again.' })
export class ResumePmSchedule extends Command<Decided<PmSchedule>> {
  @Reference('pm_schedule', { required: true }) pm_schedule_id!: number;
}

@InputType('RaisePmScheduleInput', { description: 'Opens the order of the next date now.' })
export class RaisePmSchedule extends Command<Decided<PmSchedule>> {
  @Reference('pm_schedule', { required: true }) pm_schedule_id!: number;
}

@InputType('SkipPmOccurrenceInput', { description: 'Passes the next date over.' })
export class SkipPmOccurrence extends Command<Decided<PmSchedule>> {
  @Reference('pm_schedule', { required: true }) pm_schedule_id!: number;
}
