import { LRUCache } from 'lru-cache';

/** A text that is asked this often is worth a name; a list with an unusual filter is not. */
const worthAName = 5;
/** Every connection keeps what it has prepared, so not everything that clients can think of may get a name. */
const mostNames = 500;

const asked = new LRUCache<string, number>({ max: 2_000 });
const names = new Map<string, string>();
let given = 0;

/** Under which name a statement is prepared, so that it is parsed and planned once a connection; undefined for what is asked rarely. */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  const times = (asked.get(text) ?? 0) + 1;
  asked.set(text, times);
  if (times <= worthAName || given >= mostNames) return undefined;
  const name = `read-${++given}`;
  names.set(text, name);
  asked.delete(text);
  return name;
}

/** What is prepared under the text's name has become useless: if it goes on being asked, it gets another. */
export const forgetStatementName = (text: string): unknown => names.delete(text);
