import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, OverRest, PathId, type Answer } from '#millwright/resources';
import { assetReliability, assets } from '#millwright/sites';
import { AssetCosts } from './asset-costs.js';
import { assetCosts } from './asset-costs.shown.js';
import { explanationLine } from './explanation-line.shown.js';
import { explainAsset, getAssetCosts } from './reports.operations.js';

class AssetExplanation {
  @ApiProperty({ type: () => assetCosts.type }) costs!: object;
  @ApiProperty({ type: () => assetReliability.type, nullable: true }) reliability!: object | null;
  @ApiProperty({ type: () => [explanationLine.type] }) lines!: object[];
}

const day = { type: 'string', format: 'date' } as const;
const First = () => ApiQuery({ name: 'from', required: false, schema: day, description: 'The first day, included.' });
const Last = () => ApiQuery({ name: 'to', required: false, schema: day, description: 'The last day, included.' });
const Subtree = () =>
  ApiQuery({ name: 'subtree', required: false, schema: { type: 'boolean', default: false }, description: 'With everything below it.' });

@ApiHeading('assets', assets.heading)
@Controller('api/v1/assets/:id')
export class AssetCostsController {
  constructor(private readonly costs: AssetCosts) {}

  @Get('costs')
  @OverRest(getAssetCosts)
  @First()
  @Last()
  @Subtree()
  @ApiAnswer(assetCosts.type)
  one(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.costs.answer(id, query);
  }

  @Get('explain')
  @OverRest(explainAsset)
  @First()
  @Last()
  @Subtree()
  @ApiAnswer(AssetExplanation)
  explain(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.costs.explain(id, query);
  }
}
