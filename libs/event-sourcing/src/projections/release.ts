import { createHash } from 'node:crypto';
import type { Projection } from '../projection.js';
import { shapeOf } from './shape.js';

/** Projections, versions and shapes of this code, as one word: processes of one release know each other by it. */
export function releaseOf(projections: readonly Projection[]): string {
  const facts = projections.map(({ name, version, tables }) => `${name} v${version} ${shapeOf(tables)}`).sort();
  return createHash('sha256').update(facts.join('\n')).digest('hex').slice(0, 16);
}

/** Whoever holds this works the live read models. */
export const liveLock = 'live read models';

/** Whoever holds this makes and fills the builds of its release, and alone of its release asks for the live lock. */
export const buildLockOf = (release: string): string => `read models of ${release}`;

/**
 * The locks, each tier only asked for by who holds all before. The last are those of releases that worked every projection by itself:
 * while such a process is alive, the read models are its own.
 */
export const lockTiers = (projections: readonly Projection[]): string[][] => [
  [buildLockOf(releaseOf(projections))],
  [liveLock],
  projections.flatMap(({ name, version }) => Array.from({ length: version }, (_, index) => `projection ${name} v${index + 1}`)),
];
