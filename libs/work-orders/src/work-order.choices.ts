import { defineChoices } from '#millwright/fields';
import type { RateType } from './domain/labour.events.js';

/** How much a work order presses. */
export const priorities = defineChoices('WorkOrderPriority', 'How much a work order presses.', {
  none: 'No priority was given to it on purpose; null where nobody has said anything.',
  low: 'Can wait.',
  medium: 'In its turn.',
  high: 'Before others.',
  urgent: 'As soon as possible.',
  critical: 'At once: people, production or the building are in danger.',
});

export const yesOrNo = defineChoices('YesOrNo', 'Whether to do something.', {
  yes: 'It is to be done.',
  no: 'It is not to be done.',
});

export const rateTypes = defineChoices<RateType>('RateType', 'Which of the rates of a person an hour costs.', {
  regular: 'What an hour within the working time costs.',
  overtime1: 'What an hour of overtime costs.',
  overtime2: 'What an hour of overtime at the higher rate costs.',
});

/** What a status means for the order; the words are the customer's own, the kind is what the program goes by. */
export const statusKinds = defineChoices('WorkOrderStatusKind', 'What a status means for its work orders, whatever it is called.', {
  open: 'Parts are reserved, and costs of parts are an estimate.',
  completed: 'Every reserved part has been issued, and its cost is fixed.',
  cancelled: 'Nothing is reserved, and no part can be assigned.',
});
