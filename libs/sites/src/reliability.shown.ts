import type { Decimal } from '#millwright/quantities';
import { ShownInstant, ShownInteger, ShownQuantity, ShownReference } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

class ReliabilityFields {
  @ShownReference('asset', { description: 'Whose figures they are.', always: true }) asset_id!: number;
  @ShownInstant({ description: 'When the period begins, included.', always: true }) from!: string;
  @ShownInstant({ description: 'When the period ends, excluded; never ahead.', always: true }) to!: string;
  @ShownQuantity({ description: 'How long the period is, in hours.', always: true }) period_hours!: Decimal;
  @ShownInteger({ description: 'How many downtimes that were not planned lie in it, whole or in part.', always: true }) failures!: number;
  @ShownQuantity({ description: 'How many hours of it the asset was down, planned or not.', always: true }) downtime_hours!: Decimal;
  @ShownQuantity({ description: 'The share of it that the asset was up: 0 to 1.', always: true }) availability!: Decimal;
  @ShownQuantity({ description: 'The mean hours inside of failures that had ended by its end; null without any.' })
  mttr_hours!: Decimal | null;
  @ShownQuantity({ description: 'The hours that the asset was up, for each failure; null without any.' }) mtbf_hours!: Decimal | null;
}

export const assetReliability = defineShownType(
  'AssetReliability',
  ReliabilityFields,
  'How an asset ran in a period: up to 6 decimals, half-up.',
);
