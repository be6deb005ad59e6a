import { currentContext, type Row } from '#millwright/event-sourcing';
import type { BulkRead, Related } from '#millwright/fields';
import { rowsOf, statementAsOf } from '#millwright/lists';
import { referenceTarget } from '../references/index.js';

/** Shows those records of a kind, of the site in question, that name a record in a list of theirs: their ids, in order. One statement for a page. */
export function namedBy(kind: string, column: string): (row: Row, related: Related) => Promise<readonly number[]> {
  const bulk: BulkRead<number, readonly number[]> = {
    async read(ids, database) {
      const found = await database.query<{ id: string; named: readonly string[] }[]>(
        ...statementAsOf(
          `SELECT id, "${column}" AS named FROM ${rowsOf(referenceTarget(kind).view, 'naming')} WHERE "${column}" && $1 AND entity_id = $2 ORDER BY id`,
          [[...ids], currentContext().entityId],
        ),
      );
      const naming = new Map<number, number[]>(ids.map((id) => [id, []]));
      for (const { id, named } of found) for (const one of named) naming.get(Number(one))?.push(Number(id));
      return ids.map((id) => naming.get(id) ?? []);
    },
  };
  return (row, related) => related.load(bulk, Number(row['id']));
}
