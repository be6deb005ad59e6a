import { ID } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import type { FieldDefinition, Form, Related, Schema } from '#millwright/fields';
import { rowsOf, type ListAttribute, type View } from '#millwright/lists';
import { ancestryOf, parentsAmong, type Ancestry, type TreeKind } from './trees.js';

/** Which of them the rows of lists show, too. */
export type TreeOptions = Readonly<{ inRows: readonly ('root_id' | 'path' | 'has_children')[] }>;

/** What resources that form a tree by their `parent_id` show of it. */
export function treeFields(kind: TreeKind, { inRows }: TreeOptions): FieldDefinition[] {
  const ancestry = ancestryOf(kind);
  const parents = parentsAmong(kind);
  // From the root down to the parent. The row itself is the newer one: the answer of a write shows it before the read model does.
  const above = async (row: Row, related: Related): Promise<Ancestry> =>
    row['parent_id'] == null ? [] : related.load(ancestry, Number(row['parent_id']));
  const field = (
    name: TreeOptions['inRows'][number],
    [openApi, type]: readonly [Schema, () => unknown],
    of: (row: Row, related: Related) => Promise<unknown>,
  ): FieldDefinition => ({
    name,
    printed: { name, openApi, only: inRows.includes(name) ? undefined : ('full' satisfies Form), print: of },
    output: { name, type, nullable: false, resolve: of },
  });
  return [
    field('root_id', [{ type: 'integer' }, () => ID], async (row, related) => (await above(row, related))[0]?.id ?? Number(row['id'])),
    field('path', [{ type: 'string' }, () => String], async (row, related) =>
      [...(await above(row, related)), row].map(({ name }) => String(name)).join(' > '),
    ),
    field('has_children', [{ type: 'boolean' }, () => Boolean], (row, related) => related.load(parents, Number(row['id']))),
  ];
}

/** What lists of a tree filter by, beside the fields themselves. */
export const treeAttributes: Readonly<Record<string, ListAttribute>> = {
  root_id: {
    type: 'id',
    column: 'sought_root_id',
    sortable: false,
    description: 'The topmost one above it; its own number where nothing is above.',
  },
  has_children: {
    type: 'flag',
    column: 'has_any_below',
    sortable: false,
    description: 'Whether another one that is not archived stands below it.',
  },
};

/** A view with what `treeAttributes` are found by. Its own columns go by their bare names: what stands within names its own otherwise. */
export const soughtAsTree = (view: View): View => ({
  ...view,
  columns: {
    ...view.columns,
    sought_root_id: {
      type: 'bigint',
      onlySought: true,
      sql: () =>
        `(WITH RECURSIVE upward (above_id, next_id) AS (SELECT id, parent_id UNION ALL SELECT one_id, one_parent FROM upward JOIN (SELECT id AS one_id, parent_id AS one_parent FROM ${rowsOf(view, 'one')}) one ON one_id = next_id) SELECT above_id FROM upward WHERE next_id IS NULL)`,
    },
    has_any_below: {
      type: 'boolean',
      onlySought: true,
      sql: () =>
        `EXISTS (SELECT 1 FROM (SELECT parent_id AS of_id, archived AS is_gone FROM ${rowsOf(view, 'one')}) one WHERE of_id = id AND NOT is_gone)`,
    },
  },
});
