import { Module } from '@nestjs/common';
import { AssetCosts } from './asset-costs.js';
import { AssetCostsController } from './asset-costs.controller.js';
import { AssetCostsResolver } from './asset-costs.resolver.js';
import { assetCosts, assetExplanationLine } from './asset-costs.shown.js';
import { CostsReport } from './costs-report.js';
import { ReportsController } from './reports.controller.js';
import { ReportsResolver } from './reports.resolver.js';

/** Cost postings and reports. */
@Module({
  controllers: [ReportsController, AssetCostsController],
  providers: [CostsReport, ReportsResolver, AssetCosts, AssetCostsResolver, assetCosts.resolver, assetExplanationLine.resolver],
})
export class FinanceModule {}
