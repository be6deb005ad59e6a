import { ShownFlag, ShownId, ShownInstant, ShownReference, ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';

const person = { always: true, label: ['id', 'name', 'surname'] } as const;

class CommentFields {
  @ShownId() id!: number;
  @ShownReference('work_order', { description: 'The work order that it is about; null where it is about something else.' })
  work_order_id!: number | null;
  @ShownReference('work_order_request', { description: 'The request that it is about; null where it is about something else.' })
  work_order_request_id!: number | null;
  @ShownText({ description: 'What was said; null once it was withdrawn.' }) text!: string | null;
  @ShownFlag({ description: 'Whether the portal shows it to whoever made the request.', always: true }) public!: boolean;
  @ShownInstant({ description: 'When its author took it back; null while it stands.' }) withdrawn_at!: string | null;
  @ShownInstant({ always: true }) created_at!: string;
  @ShownInstant({ always: true }) updated_at!: string;
  @ShownReference('user', person) created_by_id!: number;
}

export const commentShown = defineShownType('Comment', CommentFields, 'What somebody said about a record.');
