import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import { Reference, Text } from '#millwright/fields';
import type { Written } from '#millwright/resources';

@InputType('EraseUserInput', { description: "Has a person's data be gone for good." })
export class EraseUser extends Command<Written> {
  @Reference('user', { required: true }) user_id!: number;
  @Text({
    description:
      'Why, for whoever asks later. It stands in no event, and is kept as it is typed when the person is gone: name nobody in it. One with an address, a number or the name (with initials or without) of the person is refused to who may see those.',
    required: true,
    max: 2000,
    example: 'Asked by the person on leaving',
  })
  reason!: string;
}
