/** Whether somebody reads German, by his language tag; whoever says nothing, or something else, is written in English. */
export const isGerman = (language: string | null): boolean => /^de(-|$)/i.test(language ?? '');
