import { Field, ID, ObjectType } from '@nestjs/graphql';

/** What is shown of a kind of record that has no type of its own (yet). */
@ObjectType('RecordLabel', { description: 'What is shown of a kind of record that has no type of its own.' })
export class RecordLabel {
  @Field(() => ID, { description: 'The number of the record.' }) id!: number;
  @Field(() => String, { nullable: true, description: 'What the record is called.' }) name?: string | null;
}
