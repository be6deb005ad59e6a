import { records } from '../records.js';

/** Every sequence of ids, `app.<name>_id` in the database. One name more here makes a sequence more at the next start. */
export const sequences: readonly string[] = [...records.map(({ name }) => name), 'part', 'part_transaction', 'work_order', 'other_cost'];
