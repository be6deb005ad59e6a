import { shapeOf, tablesOf } from '#millwright/event-sourcing';
import { projections } from '#src/engine/projections';

/**
 * The tables of every read model. Another version or shape is built beside what serves when a release starts, so a change here is one that
 * an installation pays for with a rebuild; indexes are brought in step without one.
 */
export const readModelsDocument = (): unknown =>
  [...projections]
    .sort(({ name: one }, { name: other }) => one.localeCompare(other))
    .map((projection) => ({ ...projection, tables: tablesOf(projection) }))
    .map(({ name, version, tables, categories }) => ({
      projection: name,
      version,
      shape: shapeOf(tables),
      follows: categories ?? 'every category',
      tables: tables.map(({ name: table, columns, key, indexes = [], covering, appendOnly = false }) => ({
        table,
        columns,
        key,
        indexes,
        ...(covering && { covering }),
        appendOnly,
      })),
    }));
