import { defineChoices } from '#millwright/fields';

export const scheduleTypes = defineChoices('PmScheduleType', 'What the dates of a schedule follow.', {
  persistent: 'The calendar.',
  floating: 'The completion of its last order.',
});

export const frequencies = defineChoices('PmFrequency', 'How often a schedule is due.', {
  none: 'Once.',
  day: 'In days.',
  week: 'In weeks, which begin on Monday.',
  month: 'In months.',
  year: 'In years.',
});

export const occurrenceRules = defineChoices('PmOccurrenceRule', 'What decides on the dates within a frequency.', {
  every: 'The interval alone, from the start on.',
  custom: 'The week days, or the months and the day of the month.',
});

export const whenUncompletedChoices = defineChoices('PmWhenUncompleted', 'What becomes of a date while the last order is open.', {
  raise: 'It gets its order all the same.',
  skip: 'It gets none.',
});

export const catchUpChoices = defineChoices('PmCatchUp', 'Which dates that were missed get an order.', {
  latest: 'The last one; the others are counted as skipped.',
  all: 'Each.',
});

export const scheduleStatuses = defineChoices('PmScheduleStatus', 'Where a schedule stands.', {
  planned: 'A date is to come.',
  active: 'An order of it is open.',
  paused: 'It raises nothing until it is resumed or, where it or its site is archived, brought back.',
  finished: 'No date is to come.',
});

export const occurrenceStatuses = defineChoices('PmOccurrenceStatus', 'What became of a date.', {
  raised: 'It has its order.',
  skipped: 'It has none: missed, passed over or skipped.',
  coming: 'It is still to come.',
});
