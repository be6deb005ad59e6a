import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { Flag, IdOf, Instant, Reference, Text } from '#millwright/fields';
import type { Written } from '#millwright/resources';

/** The asset whose downtimes a command is about, with one of them as `read.downtimes` will have it. */
export type WrittenDowntime = Written & Readonly<{ downtime: Row }>;

@InputType({ isAbstract: true })
class DowntimeInput extends Command<WrittenDowntime> {
  @Text({ description: 'Why it was down, for whoever reads its history.', max: 2000, example: 'Bearing seized' }) reason?: string | null;
  @Reference('work_order', { description: 'The work order that is about it, which shows it as its downtime.' }) work_order_id?:
    number | null;
  @Flag({ description: 'Whether it is meant to be down: that lowers its availability and is no failure. Left out, it is not.' }) planned?:
    boolean | null;
}

@InputType('StartDowntimeInput', { description: 'Records that an asset is down, or was for a time.' })
export class StartDowntime extends DowntimeInput {
  @Reference('asset', { required: true }) asset_id!: number;
  @Instant({ description: 'When it went down, never ahead; left out, now.', example: '2026-03-02T08:00:00Z' }) started_at?: string | null;
  @Instant({ description: 'When it ran again, never ahead; left out, it is down.', example: '2026-03-02T10:00:00Z' }) ended_at?:
    string | null;
}

@InputType('ChangeDowntimeInput', { description: 'Ends a downtime, or puts right what was recorded of it.' })
export class ChangeDowntime extends DowntimeInput {
  @Reference('asset', { required: true }) asset_id!: number;
  @IdOf('downtime', { required: true }) downtime_id!: number;
  @Instant({ description: 'When it went down, never ahead; it is never null.', example: '2026-03-01T08:00:00Z' }) started_at?:
    string | null;
  @Instant({ description: 'When it ran again, never ahead; null opens it again.', example: '2026-03-01T10:00:00Z' }) ended_at?:
    string | null;
}

@InputType('WithdrawDowntimeInput', { description: 'Takes a downtime back that was recorded wrongly.' })
export class WithdrawDowntime extends Command<WrittenDowntime> {
  @Reference('asset', { required: true }) asset_id!: number;
  @IdOf('downtime', { required: true }) downtime_id!: number;
}
