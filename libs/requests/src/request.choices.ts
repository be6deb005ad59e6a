import { defineChoices } from '#millwright/fields';

export const requestPriorities = defineChoices('WorkOrderRequestPriority', 'How much a request presses.', {
  none: 'No priority was given to it on purpose; null where nobody has said anything.',
  low: 'Can wait.',
  medium: 'In its turn.',
  high: 'Before others.',
  urgent: 'As soon as possible.',
  critical: 'At once: people, production or the building are in danger.',
});

export const requestStatuses = defineChoices('WorkOrderRequestStatus', 'Where a request stands.', {
  open: 'Nobody has decided on it.',
  on_hold: 'It waits.',
  approved: 'A work order was opened from it, and is open. Follows from the order.',
  rejected: 'It will not be done; its reason says why.',
  completed: 'Its work order is completed. Follows from the order.',
  cancelled: 'It was taken back, or its work order was cancelled.',
});
