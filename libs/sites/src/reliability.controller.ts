import { Controller, Get, Query } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, OverRest, PathId, type Answer } from '#millwright/resources';
import { assets } from './assets.js';
import { downtimeReads } from './downtime.operations.js';
import { ReliabilityReader } from './reliability-reader.js';
import { assetReliability } from './reliability.shown.js';

@ApiHeading('assets', assets.heading)
@Controller('api/v1/assets/:id/reliability')
export class ReliabilityController {
  constructor(private readonly reliability: ReliabilityReader) {}

  @Get()
  @OverRest(downtimeReads.reliability)
  @ApiQuery({
    name: 'from',
    required: true,
    schema: { type: 'string', example: '2026-01-01' },
    description: 'An instant or the first day.',
  })
  @ApiQuery({
    name: 'to',
    required: true,
    schema: { type: 'string', example: '2026-01-31' },
    description: 'An instant, excluded, or the last day, included.',
  })
  @ApiAnswer(assetReliability.type)
  one(@PathId() id: number, @Query() query: RawQuery): Promise<Answer> {
    return this.reliability.answer(id, query);
  }
}
