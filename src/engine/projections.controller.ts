import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ProjectionEngine, Rejection } from '#millwright/event-sourcing';
import { Answer, ApiAnswer, ApiHeading, OverRest, reads, writes } from '#millwright/resources';
import { projections } from './projections.js';

class ProjectionRow {
  @ApiProperty({ type: 'string', example: 'stock-levels' }) name!: string;
  @ApiProperty({ type: 'string', example: '4711', description: 'The position in the log up to which the read model shows everything.' })
  position!: string;
  @ApiProperty({ type: 'string', description: 'SHA-256 over all rows in the order of their keys: two builds of one log have the same.' })
  digest!: string;
}

@ApiHeading('operations', 'For whoever runs an installation: read models are caches of the log, and can be compared with it and made anew.')
@Controller('api/v1/projections')
export class ProjectionsController {
  constructor(private readonly engine: ProjectionEngine) {}

  @Get(':name/digest')
  @OverRest(
    reads({
      name: 'getProjectionDigest',
      scopes: ['installation:manage'],
      summary: 'Compute the digest of a read model',
      description: 'Two builds of one log have the same digest, so that read models can be compared.',
    }),
  )
  @ApiAnswer(ProjectionRow)
  async digest(@Param('name') name: string): Promise<Answer<ProjectionRow>> {
    assertKnown(name);
    return this.rowOf(name);
  }

  @Post(':name/rebuild')
  @HttpCode(200)
  @OverRest(
    writes({
      name: 'rebuildProjection',
      scopes: ['installation:manage'],
      summary: 'Build a read model anew from the log',
      description: 'Beside the one that serves; it is answered when the new one serves.',
    }),
  )
  @ApiAnswer(ProjectionRow)
  async rebuild(@Param('name') name: string): Promise<Answer<ProjectionRow>> {
    assertKnown(name);
    await this.engine.rebuild(name);
    return this.rowOf(name);
  }

  private async rowOf(name: string): Promise<Answer<ProjectionRow>> {
    const { position, digest } = await this.engine.digest(name);
    return new Answer({ name, position: String(position), digest });
  }
}

function assertKnown(name: string): void {
  if (!projections.some((projection) => projection.name === name)) throw new Rejection('NOT_FOUND', 'There is no such projection.');
}
