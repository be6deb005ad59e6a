import type { Child, ChildrenFacet, SaidChild } from './field-definition.js';

/** Which child a request means; undefined where it is a new one. An id that is unknown is no new one. */
export function childMeant({ knownBy }: ChildrenFacet, children: readonly Child[], said: SaidChild): Child | undefined {
  if (said.id != null) return children.find(({ id }) => id === said.id);
  return knownBy === undefined ? undefined : children.find((child) => child[knownBy] != null && child[knownBy] === said[knownBy]);
}

/** Children in the order in which they are shown. */
export function inShownOrder({ orderedBy }: ChildrenFacet, children: readonly Child[]): readonly Child[] {
  return orderedBy === undefined ? children : [...children].sort((left, right) => Number(left[orderedBy]) - Number(right[orderedBy]));
}
