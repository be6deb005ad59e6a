import { ApiProperty } from '@nestjs/swagger';
import { partTransaction } from './part-transaction.shown.js';
import { parts } from './part.resource.js';

/** What an explanation looks like, for the OpenAPI document. */

class PartMovement extends partTransaction.type {
  @ApiProperty({
    type: 'string',
    example: '5 at 13.1 each brought 65.5 to 10 on hand worth 125. 190.5 for 15 on hand makes an average of 12.7.',
  })
  explanation!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The event: id, type, stream, revision, position, actor, times.',
  })
  event!: object;
}

export class PartExplanation {
  @ApiProperty({ type: () => parts.answer }) part!: object;
  @ApiProperty({ type: () => [PartMovement] }) movements!: PartMovement[];
}
