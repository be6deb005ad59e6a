import { manageInstallation, type Scope } from './domain/scopes.js';

const named = new Set<Scope>([manageInstallation]);

/** Notes that an operation or a field names these. To be called at start, of all that there are. */
export function nameScopes(scopes: Iterable<Scope>): void {
  for (const scope of scopes) named.add(scope);
}

/** Every scope that there is: those that an operation or a field names. */
export const namedScopes = (): ReadonlySet<Scope> => named;
