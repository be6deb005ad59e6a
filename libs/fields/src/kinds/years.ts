import type { Problem } from '../field-definition.js';

const firstYear = 1900;
const lastYear = 2100;

/** Dates outside of these years are slips of the keyboard. */
export const yearProblem = (year: number): Problem | undefined =>
  year >= firstYear && year <= lastYear
    ? undefined
    : { code: 'out_of_range', message: `must lie between the years ${firstYear} and ${lastYear}` };
