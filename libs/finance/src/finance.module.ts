import { Module } from '@nestjs/common';
import { CostsReport } from './costs-report.js';
import { ReportsController } from './reports.controller.js';

/** Cost postings and reports. */
@Module({ controllers: [ReportsController], providers: [CostsReport] })
export class FinanceModule {}
