import { ApiProperty } from '@nestjs/swagger';
import { Name, OneOf, Text } from '#millwright/fields';
import { Email } from '#millwright/people';
import { requestPriorities, requestStatuses } from './request.choices.js';

/** What somebody without an account says who asks for work. */
export class PortalRequestInput {
  @Name({ description: 'What is wanted, in a line.', required: true, max: 1000, example: 'The freezer leaks' }) title!: string;
  @Text({ description: 'What is wanted, up to 20,000 characters.', max: 20_000, example: 'Water on the floor since this morning' })
  description?: string | null;
  @OneOf(requestPriorities, { description: 'How much it presses.', example: 'high' }) priority?: string | null;
  @Name({ personal: true, description: 'Who asks. Stays outside the history.', max: 200, example: 'Jane Roe' }) name?: string | null;
  @Email() email?: string | null;
}

class PortalChoices {
  @ApiProperty({ type: [String], enum: requestPriorities.words, description: 'What `priority` may be.' }) priorities!: readonly string[];
}

/** What a portal tells everybody who knows its address. */
export class PortalAnswer {
  @ApiProperty({ type: String, description: 'What it is called.' }) title!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What whoever asks is to know.' }) description!: string | null;
  @ApiProperty({ type: PortalChoices, description: 'What can be chosen.' }) choices!: PortalChoices;
}

/** What finds a request again: told once and kept nowhere. */
export class TrackingAnswer {
  @ApiProperty({ type: String, description: 'What the address of the request ends with. It is told once: nobody can find it out again.' })
  tracking_token!: string;
}

class TrackedComment {
  @ApiProperty({ type: String, description: 'What was said.' }) text!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was said.' }) created_at!: string;
}

/** What whoever asked through a portal sees of it. */
export class TrackedRequest {
  @ApiProperty({ type: String, description: 'What was asked.' }) title!: string;
  @ApiProperty({ type: String, enum: requestStatuses.words, description: 'Where it stands.' }) status!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When it was asked.' }) created_at!: string;
  @ApiProperty({ type: String, format: 'date-time', description: 'When something happened to it last.' }) updated_at!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When the work was done.' }) completed_at!: string | null;
  @ApiProperty({ type: [TrackedComment], description: 'What was said of it for whoever asked.' }) comments!: readonly TrackedComment[];
}
