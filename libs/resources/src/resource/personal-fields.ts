import { fieldsOf, type FieldDefinition } from '#millwright/fields';

/** Which version of a record's personal values in app.people an event speaks of. */
export const personalVersion = 'stored_as';

/** The columns of a record that are personal, and the names of those of its children, by the column of their list. */
export type PersonalFields = Readonly<{
  columns: ReadonlySet<string>;
  ofChildren: ReadonlyMap<string, ReadonlySet<string>>;
}>;

/** What an event says of the personal fields that it speaks of: their names, and where their values are. */
const reserved = ['fields', personalVersion];

const personalNames = (fields: readonly FieldDefinition[]): Set<string> =>
  new Set(fields.flatMap(({ personal, stored }) => (personal && stored ? [stored.name] : [])));

/** @throws Error where another field has a name that events need for these */
export function personalFields(typeName: string, fields: readonly FieldDefinition[]): PersonalFields {
  const ofChildren = fields.flatMap(({ children, stored }) => {
    const names = personalNames(children ? fieldsOf(children.type) : []);
    return stored && names.size > 0 ? [[stored.name, names] as const] : [];
  });
  const personal = { columns: personalNames(fields), ofChildren: new Map(ofChildren) };
  const taken = isPersonal(personal) && fields.find(({ stored }) => stored && reserved.includes(stored.name));
  if (taken) throw new Error(`${typeName}.${taken.name} has a name that events say of personal fields`);
  return personal;
}

/** Whether anything is personal. */
export const isPersonal = ({ columns, ofChildren }: PersonalFields): boolean => columns.size > 0 || ofChildren.size > 0;

/** @throws Error where a personal field stands in a resource that stores all of its details in its events */
export function requireNothingPersonal(typeName: string, fields: readonly FieldDefinition[]): void {
  const { columns, ofChildren } = personalFields(typeName, fields);
  const [name] = [...columns, ...[...ofChildren].flatMap(([list, names]) => [...names].map((inside) => `${list}.${inside}`))];
  if (name) throw new Error(`${typeName}.${name} is personal, and a decider of its own would store it in events`);
}
