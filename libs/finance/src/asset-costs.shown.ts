import type { Decimal } from '#millwright/quantities';
import { ShownFlag, ShownMoney, ShownPlainDate, ShownReference, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

class AssetCostsFields {
  @ShownReference('asset', { description: 'Whose costs they are.', always: true }) asset_id!: number;
  @ShownPlainDate({ description: 'The first day, included; null: from the first cost on.' }) from!: string | null;
  @ShownPlainDate({ description: 'The last day, included; null: to the last cost.' }) to!: string | null;
  @ShownFlag({ description: 'Whether everything below the asset is in it.', always: true }) subtree!: boolean;
  @ShownText({ description: 'What the amounts are in: an ISO 4217 code.', always: true, example: 'USD' }) currency!: string;
  @ShownMoney({ description: 'What hours of work cost.', always: true }) labor!: Decimal;
  @ShownMoney({ description: 'Parts that work orders used, less what they returned.', always: true }) parts!: Decimal;
  @ShownMoney({ description: 'What is neither labour nor a part; credits are negative.', always: true }) other!: Decimal;
  @ShownMoney({ description: 'All three together.', always: true }) total!: Decimal;
}

export const assetCosts = defineShownType(
  'AssetCosts',
  AssetCostsFields,
  'What was posted on the work orders of an asset; estimates of open orders are not in it.',
);
