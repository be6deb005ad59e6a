/** Those of the wanted fields whose value really differs, so that a `Changed` event says what changed and nothing else. */
export function changedFields<Fields extends object>(before: Fields, wanted: Partial<Fields>): Partial<Fields> {
  const changes: Partial<Fields> = {};
  for (const field of Object.keys(wanted) as (keyof Fields)[])
    if (wanted[field] !== undefined && !sameJson(before[field], wanted[field])) changes[field] = wanted[field];
  return changes;
}

/** Whether two plain JSON values are equal; the order of an object's keys does not matter, that of a list does. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftFields = Object.entries(left);
  const rightFields = new Map(Object.entries(right));
  return (
    leftFields.length === rightFields.size &&
    leftFields.every(([key, value]) => rightFields.has(key) && sameJson(value, rightFields.get(key)))
  );
}
