import { ShownFlag, ShownId, ShownInstant, ShownReference, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

const person = { always: true, label: ['id', 'name', 'surname'] } as const;

class DowntimeFields {
  @ShownId() id!: number;
  @ShownReference('asset', { description: 'The asset that was down.', always: true, filtered: false }) asset_id!: number;
  @ShownInstant({ description: 'When it went down.', always: true }) started_at!: string;
  @ShownInstant({ description: 'When it ran again; null while it is down.' }) ended_at!: string | null;
  @ShownText({ description: 'Why it was down.' }) reason!: string | null;
  @ShownReference('work_order', { description: 'The work order that is about it.' }) work_order_id!: number | null;
  @ShownFlag({ description: 'Whether it was meant to be down: that lowers its availability and is no failure.', always: true })
  planned!: boolean;
  @ShownInstant({ always: true }) created_at!: string;
  @ShownInstant({ always: true }) updated_at!: string;
  @ShownReference('user', person) created_by_id!: number;
  @ShownReference('user', person) updated_by_id!: number;
}

export const downtime = defineShownType(
  'Downtime',
  DowntimeFields,
  'A time for which an asset was down. Those of one asset never overlap.',
);
