import { ID } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import type { FieldDefinition, Form, Related, Schema } from '#millwright/fields';
import type { View } from '#millwright/lists';
import { ancestryOf, parentsAmong, type Ancestry } from './trees.js';

/** Which of them the rows of lists show, too. */
export type TreeOptions = Readonly<{ inRows: readonly ('root_id' | 'path' | 'has_children')[] }>;

/** What resources that form a tree by their `parent_id` show of it. */
export function treeFields(kind: Readonly<{ name: string; view: View }>, { inRows }: TreeOptions): FieldDefinition[] {
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
