import type { ChangedChildren, Child } from '#millwright/fields';

/** At most one vendor of a part is the preferred one: naming another moves the mark, the last one that a request names (S50). */
export function onePreferred({ after, saidOf }: ChangedChildren): readonly Child[] {
  const named = after
    .flatMap((child) => {
      const said = saidOf(child);
      return said?.values['is_preferred'] === true ? [{ id: child.id, place: said.place }] : [];
    })
    .sort((one, other) => other.place - one.place)[0];
  return named ? after.map((child) => ({ ...child, is_preferred: child.id === named.id })) : after;
}
