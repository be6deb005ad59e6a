import { ShownText } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
import { ExplanationLineFields } from './explanation-line.shown.js';

class LaborExplanationLineFields extends ExplanationLineFields {
  @ShownText({ description: 'The key of the row that it adds to; null where that has none.' }) key!: string | null;
  @ShownText({ description: 'Which of the rates the hours cost.', always: true }) rate_type!: string;
}

export const laborExplanationLine = defineShownType(
  'LaborExplanationLine',
  LaborExplanationLineFields,
  'An entry behind the labour report, and what it adds to a row.',
);
