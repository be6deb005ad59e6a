import { Args, ArgsType, Field, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import type { RawQuery } from '#millwright/lists';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { assetReliability } from '#millwright/sites';
import { AssetCosts, type AssetExplanation } from './asset-costs.js';
import { assetCosts } from './asset-costs.shown.js';
import { explanationLine } from './explanation-line.shown.js';
import { explainAsset, getAssetCosts } from './reports.operations.js';

@ArgsType()
class AssetCostsArguments {
  @Field(() => ID, { description: 'The number of the asset.' }) assetId!: string;
  @Field(() => String, { nullable: true, description: 'The first day, included: 2026-01-31.' }) from?: string | null;
  @Field(() => String, { nullable: true, description: 'The last day, included.' }) to?: string | null;
  @Field(() => Boolean, { nullable: true, description: 'With everything below the asset; left out, without.' }) subtree?: boolean | null;
}

@ObjectType('AssetExplanation', { description: 'The figures of an asset, and the lines behind them.' })
class ExplanationOfAsset {
  @Field(() => assetCosts.type, { description: 'The sums of the postings.' }) costs!: object;
  @Field(() => assetReliability.type, { nullable: true, description: 'How it ran; null without a period.' }) reliability!: object | null;
  @Field(() => [explanationLine.type], { description: 'Each posting and downtime, in the order of the log.' }) lines!: object[];
}

@Resolver()
export class AssetCostsResolver {
  constructor(private readonly costs: AssetCosts) {}

  @Query(() => assetCosts.type, {
    name: 'assetCosts',
    nullable: true,
    description: 'What was posted on the work orders of an asset. Refused with NOT_FOUND, VALIDATION_FAILED.',
  })
  @OverGraphql(getAssetCosts)
  assetCosts(@Args() asked: AssetCostsArguments): Promise<Row> {
    return this.costs.row(idOfPath(asked.assetId), queryOf(asked));
  }

  @Query(() => ExplanationOfAsset, {
    name: 'explainAsset',
    nullable: true,
    complexity: ({ childComplexity }: { childComplexity: number }) => 100 + 100 * childComplexity,
    description: 'Each posting and downtime behind the figures of an asset. Refused with NOT_FOUND, VALIDATION_FAILED.',
  })
  @OverGraphql(explainAsset)
  explainAsset(@Args() asked: AssetCostsArguments): Promise<AssetExplanation> {
    return this.costs.explanation(idOfPath(asked.assetId), queryOf(asked));
  }
}

const queryOf = ({ from, to, subtree }: AssetCostsArguments): RawQuery => ({
  ...(from != null && { from }),
  ...(to != null && { to }),
  ...(subtree != null && { subtree: String(subtree) }),
});
