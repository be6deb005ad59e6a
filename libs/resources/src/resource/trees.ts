import type { BulkRead } from '#millwright/fields';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { currentContext, EventStore, type Detail, type Row } from '#millwright/event-sourcing';
import { Turns } from '#millwright/access';
import { Questions } from '../questions.js';
import { rowsOf, statementAsOf, type View } from '#millwright/lists';
import type { RecordStream } from './plain-decider.js';

/** How many levels a tree has, its root and its leaves included: a deeper one helps nobody, and this bounds every walk. */
const deepestLevel = 50;

const tooDeep = (below: number): string =>
  below === 0
    ? `must not be more than ${deepestLevel} levels deep`
    : `must not be more than ${deepestLevel} levels deep with the ${below} levels that hang below the record`;

/** Keeps trees trees. */
@Injectable()
export class Trees {
  private readonly turns: Turns;

  constructor(
    private readonly events: EventStore,
    pool: Pool,
    private readonly database: DataSource,
    private readonly questions: Questions,
  ) {
    this.turns = new Turns(pool);
  }

  /** What would be wrong with putting a record (null: a new one), and all that hangs below it, under that parent: walks up in the log, and counts the levels. */
  async problems(
    { name, stream, view }: Readonly<{ name: string; stream: RecordStream; view: View }>,
    id: number | null,
    parentId: number,
  ): Promise<Detail[]> {
    const field = `${name}.parent_id`;
    const below = id === null ? 0 : await this.levelsBelow(view, id);
    let ancestor: unknown = parentId;
    let level = 2;
    // What would lie below itself is said to be a circle, however deep: nothing that is stored is deeper than the bound.
    for (; typeof ancestor === 'number' && level <= deepestLevel + 1; level++) {
      if (ancestor === id) return [{ field, code: 'cycle', message: 'must not be the record itself or one below it' }];
      ancestor = (await this.events.load(stream, ancestor)).state.values['parent_id'];
    }
    return level - 1 + below > deepestLevel ? [{ field, code: 'too_deep', message: tooDeep(below) }] : [];
  }

  /** How many levels hang below a record, archived ones too. Read when everything that was written so far is there. @throws Rejection UNAVAILABLE */
  private async levelsBelow(view: View, id: number): Promise<number> {
    await this.questions.everythingIsShown('What lies below this record cannot be read right now. Please try again.');
    const [row] = await this.database.query<{ levels: number }[]>(
      `WITH RECURSIVE downward AS (
         SELECT id, 0 AS level FROM ${view.from} WHERE id = $1
         UNION ALL
         SELECT below.id, downward.level + 1 FROM downward JOIN ${view.from} below ON below.parent_id = downward.id WHERE downward.level <= ${deepestLevel})
       SELECT coalesce(max(level), 0)::int AS levels FROM downward`,
      [id],
    );
    return row?.levels ?? 0;
  }

  /** Moves in one customer's tree go one after another: two at once could each be right and together make a circle. So do archives that a guard is asked about. */
  async oneAtATime<T>({ name }: Readonly<{ name: string }>, work: () => Promise<T>): Promise<T> {
    return this.turns.take(`tree of ${name} of customer ${currentContext().customerId}`, work);
  }
}

/** From the root down to the record itself. */
export type Ancestry = readonly Readonly<{ id: number; name: string }>[];

export type TreeKind = Readonly<{ name: string; view: View; stream: Readonly<{ category: string }> }>;

/** Whoever asks for the ways of one kind shares their statement. */
const ways = new WeakMap<View, BulkRead<number, Ancestry>>();

/** The ways of a kind's records through their tree; one statement a level of kinds, not one a record. */
export function ancestryOf({ name, view, stream }: TreeKind): BulkRead<number, Ancestry> {
  let known = ways.get(view);
  if (!known) ways.set(view, (known = readWays({ name, view, stream })));
  return known;
}

function readWays({ name, view, stream: { category } }: TreeKind): BulkRead<number, Ancestry> {
  return {
    lasting: { category, name: 'way' },
    async read(ids, database, related) {
      const found = await database.query<Record<string, unknown>[]>(
        ...statementAsOf(
          `WITH RECURSIVE upward AS (
           SELECT id AS leaf, id, parent_id, name, 0 AS level FROM ${rowsOf(view)} WHERE id = ANY($1)
           UNION ALL
           SELECT upward.leaf, above.id, above.parent_id, above.name, upward.level + 1
           FROM upward JOIN ${rowsOf(view, 'above')} ON above.id = upward.parent_id WHERE upward.level < ${deepestLevel})
         SELECT leaf, id, name, parent_id FROM upward ORDER BY leaf, level DESC`,
          [[...ids]],
        ),
      );
      const ways = new Map<number, { id: number; name: string }[]>();
      const complete = new Set<number>();
      for (const row of found) {
        const leaf = Number(row['leaf']);
        ways.set(leaf, [...(ways.get(leaf) ?? []), { id: Number(row['id']), name: String(row['name']) }]);
        if (row['parent_id'] === null) complete.add(leaf);
      }
      return Promise.all(
        ids.map(async (id) => (complete.has(id) ? (ways.get(id) ?? []) : walk(name, id, (above) => related.row(name, above)))),
      );
    },
  };
}

/** For a record whose way the read model does not know yet. */
async function walk(kind: string, id: number, rowOf: (id: unknown) => Promise<Row | undefined>): Promise<Ancestry> {
  const way: { id: number; name: string }[] = [];
  let next: unknown = id;
  while (next != null && way.length <= deepestLevel) {
    const row = await rowOf(next);
    if (!row) break;
    way.unshift({ id: Number(row['id']), name: String(row['name']) });
    next = row['parent_id'];
  }
  return way;
}

/** Which of the records have others below them. */
export function parentsAmong({ view }: Readonly<{ view: View }>): BulkRead<number, boolean> {
  return {
    async read(ids, database) {
      const found = await database.query<{ parent_id: string }[]>(
        ...statementAsOf(`SELECT DISTINCT parent_id FROM ${rowsOf(view)} WHERE parent_id = ANY($1) AND NOT archived`, [[...ids]]),
      );
      const parents = new Set(found.map(({ parent_id }) => Number(parent_id)));
      return ids.map((id) => parents.has(id));
    },
  };
}
