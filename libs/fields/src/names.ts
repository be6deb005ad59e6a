/** `avg_unit_cost` → `avgUnitCost`: REST and rows speak snake_case, GraphQL and event data camelCase. */
export const camelCase = (name: string): string => name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `avgUnitCost` → `avg_unit_cost`. Digits stay with the letters before them: `overtimeRate1` → `overtime_rate1`. */
export const snakeCase = (name: string): string => name.replace(/(?<=[a-z0-9])([A-Z])/g, (_, letter: string) => `_${letter.toLowerCase()}`);

/** `location_id` → `location`, `asset_types_ids` → `asset_types`: the name a relation is shown under. */
export const relationName = (column: string): string => column.replace(/_ids?$/, '');

/** `work_order_status` → `WorkOrderStatus`. */
export const pascalCase = (name: string): string => camelCase(name).replace(/^[a-z]/, (letter) => letter.toUpperCase());

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

/** The same value with every key of its objects in snake_case; what is no plain object (a number that was inexact, a date) stays as it is. */
export function withSnakeCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSnakeCaseKeys);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [snakeCase(key), withSnakeCaseKeys(item)]));
}
