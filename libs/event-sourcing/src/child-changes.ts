/** A record of a list inside another: its id, which is never given to another of that list, and its values by their names. */
export type Child = Readonly<{ id: number; [name: string]: unknown }>;

/** What happened to children, as events say it: of those that changed only what did; null clears. */
export type ChildChanges = Readonly<{ added?: readonly Child[]; changed?: readonly Child[]; removed?: readonly number[] }>;

/** The children of a list in a state, in the order in which they were made. An id is never given again, so the last one outlives its child. */
export type ChildrenState = Readonly<{ children: readonly Child[]; lastId: number }>;

export const noChildren: ChildrenState = { children: [], lastId: 0 };

/** The children after an event. */
export function childrenAfter(
  { children, lastId }: ChildrenState,
  { added = [], changed = [], removed = [] }: ChildChanges,
): ChildrenState {
  const changes = new Map(changed.map((child) => [child.id, child]));
  const stayed = children.filter(({ id }) => !removed.includes(id)).map((child) => ({ ...child, ...changes.get(child.id) }));
  return { children: [...stayed, ...added], lastId: Math.max(lastId, ...added.map(({ id }) => id)) };
}
