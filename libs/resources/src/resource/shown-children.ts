import { allKnown, type Row } from '#millwright/event-sourcing';
import {
  aSpoken,
  defineField,
  fieldsOf,
  idField,
  inShownOrder,
  pascalCase,
  type Child,
  type Class,
  type FieldDefinition,
} from '#millwright/fields';
import { completeChildren, type ChildList } from './children.js';
import { defineShownType, type ShownType } from './shown-type.js';

/** What can be erased can be null, though a new one needs it. */
const erasable = (field: FieldDefinition): FieldDefinition => {
  const { personal, printed, output } = field;
  if (!personal || !printed || !output) return field;
  return { ...field, printed: { ...printed, openApi: { ...printed.openApi, nullable: true } }, output: { ...output, nullable: true } };
};

/** How a list of children is shown: as objects of a type of their own, with what they refer to. */
export type ShownChildren = Readonly<{ said: string; type: ShownType }> & Required<Pick<FieldDefinition, 'printed' | 'output'>>;

export function shownChildren(owner: string, list: ChildList): ShownChildren {
  const { name, column, said, only } = list;
  const typeName = pascalCase(name);
  const Shown = { [typeName]: class {} }[typeName] as Class;
  for (const field of [idField, ...fieldsOf(list.type)]) defineField(Shown, { ...erasable(field), input: undefined });
  const type = defineShownType(
    typeName,
    Shown,
    `${aSpoken(name).replace(/^a/, 'A')} of ${aSpoken(owner)}; no other one gets its number, whosever it is.`,
  );
  const inOrder = (row: Row): readonly Child[] => inShownOrder(list, completeChildren(list, (row[column] ?? []) as readonly Child[]));
  return {
    said,
    type,
    printed: {
      name: column,
      openApi: { type: () => type.type, isArray: true },
      only,
      print: (row, related) => allKnown(inOrder(row).map((child) => type.print(child, related))),
    },
    output: { name: column, type: () => [type.type], nullable: false, resolve: inOrder },
  };
}
