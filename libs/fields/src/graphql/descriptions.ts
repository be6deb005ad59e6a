import { camelCase, snakeCase } from '../names.js';

/** `WorkOrder` and `work_order` as they are spoken of: "work order". */
export const spoken = (name: string): string => snakeCase(name).replaceAll('_', ' ').toLowerCase();

/** "an asset", "a work order". */
export const aSpoken = (name: string): string => `${/^[aeio]/.test(spoken(name)) ? 'an' : 'a'} ${spoken(name)}`;

/** What is said of both edges, with the names that GraphQL has for fields: `completedAt`, also where the value is told with it (`catchUp: all`). */
export const inGraphqlWords = (text: string): string => text.replace(/`[a-z][a-z0-9_]*(?=`|: )/g, camelCase);

/** What every resource has beside its own fields, said of the one at hand. */
const shared: Readonly<Record<string, (of: string) => string>> = {
  id: (of) => `The number of the ${of}, the same over REST; it is never given to another.`,
  revision: (of) => `Grows with every change of the ${of}; for \`expectedRevision\`.`,
  archived: (of) => `Whether the ${of} is archived: it takes no changes, and lists leave it out unless they filter by this.`,
  created_at: (of) => `When the ${of} was recorded, UTC.`,
  updated_at: (of) => `When the ${of} last changed, UTC.`,
  created_by: (of) => `The user who recorded the ${of}.`,
  updated_by: (of) => `The user who last changed the ${of}.`,
  qr_code: (of) => `The text of the QR code on the ${of}; null where it has none.`,
  path: (of) => `The names from the topmost ${of} down to this one, parted by " > ".`,
  root_id: (of) => `The topmost ${of} above this one; its own number where nothing is above.`,
  has_children: (of) => `Whether another ${of} stands below this one.`,
};

const known = new Map<string, ReadonlyMap<string, string>>();

/** Remembers what the columns of a type are, for its relations and filters. */
export function describeColumns(typeName: string, columns: Iterable<readonly [string, string | undefined]>): void {
  const described = [...columns].flatMap(([column, text]) => (text === undefined ? [] : [[column, inGraphqlWords(text)] as const]));
  known.set(typeName, new Map([...(known.get(typeName) ?? []), ...described]));
}

/** What a column of a type is; of a shared column, what it is of this type. Undefined where nobody has said it. */
export function columnDescription(typeName: string, column: string): string | undefined {
  const told = known.get(typeName);
  const relation = column.replace(/_ids?$/, '');
  return told?.get(column) ?? told?.get(relation) ?? (shared[column] ?? shared[relation])?.(spoken(typeName));
}
