import type { ChangedChildren, Child } from '#millwright/fields';

const isPrimary = ({ is_primary }: Child): boolean => is_primary === true;

/**
 * Exactly one contact is the primary one as soon as there is one: naming another moves it, and where it goes, the one with the lowest number is (S50).
 * Refuses two that one request names, and one that it takes it from without naming another.
 */
export function onePrimary({ before, after, saidOf, refuse }: ChangedChildren): readonly Child[] {
  const placeOf = (child: Child): number => saidOf(child)?.place ?? 0;
  const says = (child: Child, wanted: boolean): boolean => saidOf(child)?.values['is_primary'] === wanted;
  const [named, another] = after.filter((child) => says(child, true)).sort((one, other) => placeOf(one) - placeOf(other));
  if (another) refuse(placeOf(another), 'is_primary', { code: 'not_unique', message: 'must not be true of two contacts' });
  const last = before.find(isPrimary)?.id;
  const current = after.find(({ id }) => id === last);
  if (!named && current && says(current, false))
    refuse(placeOf(current), 'is_primary', { code: 'required', message: 'must be true of one contact: name another instead' });
  const byNumber = [...after].sort((one, other) => one.id - other.id);
  const primary = named ?? current ?? byNumber.find((child) => !says(child, false)) ?? byNumber[0];
  return after.map((child) => ({ ...child, is_primary: child === primary }));
}
