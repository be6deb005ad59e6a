import { Module } from '@nestjs/common';
import { CostsReport } from './costs-report.js';
import { ReportsController } from './reports.controller.js';
import { ReportsResolver } from './reports.resolver.js';

/** Cost postings and reports. */
@Module({ controllers: [ReportsController], providers: [CostsReport, ReportsResolver] })
export class FinanceModule {}
