import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import { Reference, Text } from '#millwright/fields';
import type { Written } from '#millwright/resources';

@InputType('EraseUserInput', { description: "Has a person's data be gone for good." })
export class EraseUser extends Command<Written> {
  @Reference('user', { required: true }) user_id!: number;
  @Text({
    description: 'Why, for whoever asks later. It stands in no event.',
    required: true,
    max: 2000,
    example: 'Asked by the person on leaving',
  })
  reason!: string;
}
