/** A right over operations and fields: `<resource>:read`, `<resource>:write`, or what matters on its own, as `stock:move` (contract, part 4, section 3). */
export type Scope = string;

/** Guards what belongs to the installation and not to its customer; it is in no role (S7). */
export const manageInstallation: Scope = 'installation:manage';
/** Lets grant and revoke, within what one has oneself (S4). */
export const manageAccess: Scope = 'access:manage';

/** `rows`: which work orders and requests it shows, where those are not all: those assigned to whoever has it, or his own requests. */
export type BuiltInRole = Readonly<{ id: number; name: string; holds(scope: Scope): boolean; rows?: 'assigned' | 'own' }>;

const isRead = (scope: Scope): boolean => scope.endsWith(':read');
const oneOf =
  (...scopes: Scope[]) =>
  (scope: Scope): boolean =>
    scopes.includes(scope);

/** What shows money or how somebody is reached, however harmless the rest of a record is. */
const isReserved = oneOf('costs:read', 'rates:read', 'people:read', 'audit:read', 'periods:read', 'reports:read');

const ofTechnicians = oneOf('work_orders:write', 'work_orders:complete', 'work_order_requests:write');
const ofStorekeepers = oneOf('parts:write', 'stock:move', 'purchasing:write', 'purchasing:approve', 'vendors:write', 'costs:read');
const ofRequesters = oneOf('work_order_requests:read', 'work_order_requests:write');
const ofFinance = oneOf('periods:close');

/** The roles that everybody has and nobody changes. Their numbers are for ever; own ones are counted from `firstOwnRole` on. */
export const builtInRoles: readonly BuiltInRole[] = [
  { id: 1, name: 'admin', holds: () => true },
  { id: 2, name: 'manager', holds: (scope) => scope !== manageAccess && scope !== 'periods:close' },
  { id: 3, name: 'technician', holds: (scope) => ofTechnicians(scope) || (isRead(scope) && !isReserved(scope)), rows: 'assigned' },
  { id: 4, name: 'storekeeper', holds: (scope) => ofStorekeepers(scope) || (isRead(scope) && !isReserved(scope)) },
  { id: 5, name: 'requester', holds: ofRequesters, rows: 'own' },
  { id: 6, name: 'finance', holds: (scope) => ofFinance(scope) || (isRead(scope) && scope !== 'audit:read' && scope !== 'people:read') },
  { id: 7, name: 'auditor', holds: isRead },
  { id: 8, name: 'integration', holds: () => false },
];

/** Which rows a role shows. */
export const rowsOfRole = (roleId: number | undefined): 'all' | 'assigned' | 'own' =>
  builtInRoles.find(({ id }) => id === roleId)?.rows ?? 'all';

export const adminRole = 1;
export const firstOwnRole = 100;

/** What a built-in role holds of the scopes that there are. */
export const scopesOf = ({ holds }: BuiltInRole, known: Iterable<Scope>): ReadonlySet<Scope> =>
  new Set([...known].filter((scope) => scope !== manageInstallation && holds(scope)));
