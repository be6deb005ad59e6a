import { ApiProperty } from '@nestjs/swagger';
import { Field, Float, Int, ObjectType, registerEnumType } from '@nestjs/graphql';

/** What makes a row of the statistics, as SQL over the list of calls. */
export const statisticsKeys = {
  credential: 'credential',
  route: "method || ' ' || route",
  status: 'status::text',
  hour: `to_char(date_trunc('hour', at AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:00:00"Z"')`,
} as const;

export type StatisticsGrouping = keyof typeof statisticsKeys;

export const statisticsGroupings = Object.keys(statisticsKeys) as readonly StatisticsGrouping[];

/** As the enum of GraphQL wants it. */
export const ApiCallGrouping = Object.fromEntries(statisticsGroupings.map((name) => [name, name]));
registerEnumType(ApiCallGrouping, {
  name: 'ApiCallGrouping',
  description: 'What makes a row of the statistics of calls.',
  valuesMap: {
    credential: { description: 'What they were done with.' },
    route: { description: 'Method and pattern of the path.' },
    status: { description: 'What they were answered with.' },
    hour: { description: 'The hour they came in, UTC.' },
  },
});

@ObjectType({ description: 'Calls that have something in common, counted.' })
export class ApiCallStatistics {
  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'PATCH /api/v1/parts/{id}/restock',
    description: 'What they have in common; null where they have nothing of it: no credential, no known path, no answer.',
  })
  @Field(() => String, { nullable: true, description: 'What they have in common; null where they have nothing of it.' })
  key!: string | null;

  @ApiProperty({ type: 'integer' }) @Field(() => Int, { description: 'How many there were.' }) calls!: number;

  @ApiProperty({ type: 'integer', description: 'How many were answered with an error.' })
  @Field(() => Int, { description: 'How many were answered with an error.' })
  errors!: number;

  @ApiProperty({ type: 'number', nullable: true, description: 'Milliseconds, of those that were answered.' })
  @Field(() => Float, { name: 'averageMs', nullable: true, description: 'Milliseconds, of those that were answered.' })
  average_ms!: number | null;

  @ApiProperty({ type: 'number', nullable: true, description: 'Milliseconds.' })
  @Field(() => Float, { name: 'longestMs', nullable: true, description: 'Milliseconds.' })
  longest_ms!: number | null;

  @ApiProperty({ type: 'integer' }) @Field(() => Float, { name: 'bytesIn', description: 'Bytes of all their bodies.' }) bytes_in!: number;
  @ApiProperty({ type: 'integer' })
  @Field(() => Float, { name: 'bytesOut', description: 'Bytes of all their answers.' })
  bytes_out!: number;
}

@ObjectType({ description: 'Where the chain of batches does not hold.' })
export class BrokenCallBatch {
  @ApiProperty({ type: 'integer' }) @Field(() => Float, { description: 'The number of the batch.' }) batch!: number;

  @ApiProperty({ type: 'string', enum: ['lines', 'previous', 'missing', 'head'] })
  @Field(() => String, {
    description:
      'lines: other lines than were stored; previous: it does not follow the one before; missing; head: it is not the last one stored.',
  })
  reason!: string;
}

@ObjectType({ description: 'Whether the log of calls is as it was written.' })
export class CallLogVerification {
  @ApiProperty({ type: 'boolean' }) @Field({ description: 'Every batch holds what it held, and follows the one before.' }) valid!: boolean;
  @ApiProperty({ type: 'integer' }) @Field(() => Float, { description: 'How many batches were looked at.' }) batches!: number;
  @ApiProperty({ type: 'integer' }) @Field(() => Float, { description: 'How many lines they hold.' }) lines!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The earliest batch that is kept; null where there is none.' })
  @Field(() => Float, { name: 'firstBatch', nullable: true, description: 'The earliest batch that is kept.' })
  first_batch!: number | null;

  @ApiProperty({ type: 'integer', description: 'The last batch; 0 where there is none.' })
  @Field(() => Float, { name: 'lastBatch', description: 'The last batch; 0 where there is none.' })
  last_batch!: number;

  @ApiProperty({
    type: 'string',
    description: 'The SHA-256 of the last batch, in hex: whoever keeps it elsewhere can prove that nothing before it was changed.',
  })
  @Field({ description: 'The SHA-256 of the last batch, in hex.' })
  hash!: string;

  @ApiProperty({ type: BrokenCallBatch, nullable: true, description: 'The first that does not hold; null where all do.' })
  @Field(() => BrokenCallBatch, { nullable: true, description: 'The first that does not hold; null where all do.' })
  broken!: BrokenCallBatch | null;
}
