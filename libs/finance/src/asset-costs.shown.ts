import type { Decimal } from '#millwright/quantities';
import {
  defineChoices,
  Shown,
  ShownFlag,
  ShownInstant,
  ShownMoney,
  ShownOneOf,
  ShownPlainDate,
  ShownQuantity,
  ShownReference,
  ShownText,
} from '#millwright/fields';
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

const kinds = defineChoices('AssetExplanationKind', 'What a line of an explanation is about.', {
  labor: 'A posting of labour.',
  parts: 'A posting of a part that was used or returned.',
  other: 'A posting of another cost.',
  downtime: 'A time for which the asset was down.',
});

/** GraphQL shows the event as fields of the line, REST as the object that every explanation has. */
const ofTheEvent = { always: true, over: 'graphql', stored: false } as const;

class AssetExplanationLineFields {
  @ShownOneOf(kinds, { description: 'What the line is about.', always: true }) kind!: string;
  @ShownText({ description: 'What it adds, in a sentence.', always: true }) explanation!: string;
  @ShownMoney({ description: 'The posting; null for a downtime.' }) amount!: Decimal | null;
  @ShownQuantity({ description: 'The hours inside of the period; null for a posting.' }) hours!: Decimal | null;
  @ShownReference('work_order', { description: 'The work order that was charged, or that the downtime names.' }) work_order_id!:
    number | null;
  @Shown(
    { type: 'object', additionalProperties: true, description: 'The event: id, type, stream, revision, position, actor, times.' },
    (row) => ({
      id: row['event_id'],
      type: row['event_type'],
      stream: row['stream'],
      revision: row['event_revision'],
      position: row['position'],
      actor: { kind: row['actor_kind'], id: row['actor_id'] },
      recorded_at: row['recorded_at'],
      effective_at: row['effective_at'],
    }),
  )
  event!: object;
  @ShownText({ ...ofTheEvent, description: 'The UUID of the event behind it, as in the audit trail.' }) event_id!: string;
  @ShownText({ ...ofTheEvent, description: 'The type of the event behind it, like PartIssued.' }) event_type!: string;
  @ShownText({ ...ofTheEvent, description: 'The stream of the event.' }) stream!: string;
  @ShownText({ ...ofTheEvent, description: 'Where the event stands in the log.' }) position!: string;
  @ShownInstant({ ...ofTheEvent, description: 'When the event was recorded.' }) recorded_at!: string;
  @ShownText({ ...ofTheEvent, description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
}

export const assetExplanationLine = defineShownType(
  'AssetExplanationLine',
  AssetExplanationLineFields,
  'One posting or downtime behind the figures of an asset.',
);
