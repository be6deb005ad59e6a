import { Controller, Get, Patch } from '@nestjs/common';
import { Answer, ApiAnswer, ApiHeading, OverRest, PlainBody, RelatedRecords } from '#millwright/resources';
import { LimitsReader } from './limits-reader.js';
import { changeInstallation, getInstallation, getLimits } from './limits.operations.js';
import { ChangeInstallation, installationShown, limitsShown } from './limits.shown.js';

@ApiHeading('limits', 'What the tier of this installation has, how much users may ask, and how much is left.')
@Controller('api/v1')
export class LimitsController {
  constructor(
    private readonly reader: LimitsReader,
    private readonly related: RelatedRecords,
  ) {}

  @Get('limits')
  @OverRest(getLimits)
  @ApiAnswer(limitsShown.type)
  async limits(): Promise<Answer> {
    return new Answer(await limitsShown.print(await this.reader.limitsRow(), this.related));
  }

  @Get('installation')
  @OverRest(getInstallation)
  @ApiAnswer(installationShown.type)
  async installation(): Promise<Answer> {
    return new Answer(await installationShown.print(await this.reader.installationRow(), this.related));
  }

  @Patch('installation')
  @OverRest(changeInstallation)
  @ApiAnswer(installationShown.type)
  async change(@PlainBody(ChangeInstallation) wanted: ChangeInstallation): Promise<Answer> {
    const { row, position } = await this.reader.change(wanted);
    return new Answer(await installationShown.print(row, this.related), { position });
  }
}
