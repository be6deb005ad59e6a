/**
 * A record of a list inside another: its id, and its values by their names. Ids come from the list's sequence and are never given again; in events of earlier
 * releases every list counts from 1, so that two owners may have the same.
 */
export type Child = Readonly<{ id: number; [name: string]: unknown }>;

/** What happened to children, as events say it: of those that changed only what did; null clears. */
export type ChildChanges = Readonly<{ added?: readonly Child[]; changed?: readonly Child[]; removed?: readonly number[] }>;

/**
 * The children of a list in a state, in the order in which they were made. Nothing is decided by the highest id that one has had: stored rows and snapshots
 * tell it, and an earlier release that reads them goes on from it.
 */
export type ChildrenState = Readonly<{ children: readonly Child[]; lastId: number }>;

export const noChildren: ChildrenState = { children: [], lastId: 0 };

/** A list of children after an event. */
export function childListAfter(children: readonly Child[], { added = [], changed = [], removed = [] }: ChildChanges): readonly Child[] {
  const changes = new Map(changed.map((child) => [child.id, child]));
  const stayed = children.filter(({ id }) => !removed.includes(id)).map((child) => ({ ...child, ...changes.get(child.id) }));
  return [...stayed, ...added];
}

/** The children of a state after an event. */
export const childrenAfter = ({ children, lastId }: ChildrenState, changes: ChildChanges): ChildrenState => ({
  children: childListAfter(children, changes),
  lastId: Math.max(lastId, ...(changes.added ?? []).map(({ id }) => id)),
});
