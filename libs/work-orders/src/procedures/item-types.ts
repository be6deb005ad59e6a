import { defineChoices } from '#millwright/fields';

/** What an item of a procedure asks for. */
export const procedureItemTypes = defineChoices('ProcedureItemType', 'What an item of a procedure asks for.', {
  text: 'Some words.',
  number: 'A number, like a reading; one beyond its limits is taken and flagged.',
  checkbox: 'That it was done.',
  yes_no: 'Yes or no.',
  multiple_choice: 'One of its choices.',
  checklist: 'Any of its choices.',
  date: 'A day.',
  signature: 'The name of whoever signs; when is noted by itself.',
  photo: 'A picture among the files of the work order.',
  heading: 'Nothing: it stands above those that follow.',
});

export type ProcedureItemType = (typeof procedureItemTypes.words)[number];
