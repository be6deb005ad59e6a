import { Module } from '@nestjs/common';
import { WorkOrdersModule } from '#millwright/work-orders';
import { AssetCosts } from './asset-costs.js';
import { AssetCostsController } from './asset-costs.controller.js';
import { AssetCostsResolver } from './asset-costs.resolver.js';
import { assetCosts } from './asset-costs.shown.js';
import { explanationLine } from './explanation-line.shown.js';
import { CostsReport } from './costs-report.js';
import { LaborReport } from './labor-report.js';
import { LaborReportController } from './labor-report.controller.js';
import { LaborReportResolver } from './labor-report.resolver.js';
import { laborExplanationLine } from './labor-report.shown.js';
import { ReportsController } from './reports.controller.js';
import { ReportsResolver } from './reports.resolver.js';
import { WorkOrderExplanation } from './work-order-explanation.js';
import { WorkOrderExplanationController } from './work-order-explanation.controller.js';
import { WorkOrderExplanationResolver } from './work-order-explanation.resolver.js';

/** Cost postings and reports. */
@Module({
  imports: [WorkOrdersModule],
  controllers: [ReportsController, AssetCostsController, LaborReportController, WorkOrderExplanationController],
  providers: [
    CostsReport,
    ReportsResolver,
    AssetCosts,
    AssetCostsResolver,
    assetCosts.resolver,
    explanationLine.resolver,
    LaborReport,
    LaborReportResolver,
    laborExplanationLine.resolver,
    WorkOrderExplanation,
    WorkOrderExplanationResolver,
  ],
})
export class FinanceModule {}
