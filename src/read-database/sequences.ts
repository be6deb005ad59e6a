/** Every resource whose ids are integers, by the name of its sequence `app.<name>_id`. One name more here makes a sequence more at the next start. */
export const sequences: readonly string[] = [];
